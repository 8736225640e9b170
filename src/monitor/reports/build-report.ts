import type { Db } from "../database/schema.ts";
import type { Cause } from "../fleet/cause-catalogue.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";
import { listRunsSince } from "../pos-servers/known-history.ts";
import { type History, type HistoryQuery, readHistories } from "./histories.ts";
import { type Measured, measureHistory, type Times } from "./measure.ts";

/** A POS server in a report, without what is summed up. */
export interface ReportedPosServer extends Omit<Measured, "parts" | "failures" | "resetsMs"> {
  failures: number;
  longestMs: number;
  /** The most frequent of its failures; null = it had none. */
  cause: Cause | null;
}

export interface Figures extends Times {
  failures: number;
  /** POS servers that had failures. */
  failing: number;
  /** The median of failures that an exchange ended, ms; null = none did. */
  recoveryMs: number | null;
  resets: number;
  helpful: number;
  /** The mean of those that helped; null = none did. */
  resetMs: number | null;
}

/** Of a period, up to now. */
export interface Report extends Figures {
  parts: (TimeSpan & Times)[];
  /** Worst first; `lostMs` is the time that they took together. */
  causes: { cause: Cause; failures: number; lostMs: number }[];
  /** How many count. */
  counted: number;
  /** Worst first. */
  posServers: ReportedPosServer[];
  /** Of which nothing is known. */
  unknown: ReportedPosServer[];
  /** Of the period before; null = nothing is known of it. */
  before: Figures | null;
}

/**
 * @param bounds of the parts of the period, ms UTC, ascending; the last one is not in the future.
 * @param before the period that it is compared with.
 */
export async function buildReport(
  db: Db,
  query: HistoryQuery,
  { bounds, before }: { bounds: number[]; before: TimeSpan },
  now: number,
): Promise<Report> {
  const to = bounds.at(-1) ?? now;
  const runs = await listRunsSince(db, before.from, now);
  const [sums, sumsBefore] = [createSums(), createSums()];
  const parts = bounds.slice(1).map((end, index) => ({
    from: bounds[index] ?? end,
    to: end,
    workedMs: 0,
    lostMs: 0,
  }));
  const causes = new Map<Cause, { cause: Cause; failures: number; lostMs: number }>();
  const posServers: ReportedPosServer[] = [];
  const unknown: ReportedPosServer[] = [];
  for await (const histories of readHistories(db, query, { from: before.from, to })) {
    for (const history of histories) {
      sumsBefore.add(measureHistory(history, runs, [before.from, before.to]));
      const measured = measureHistory(history, runs, bounds);
      sums.add(measured);
      for (const [index, times] of measured.parts.entries()) addTimes(parts[index], times);
      for (const { cause, lostMs } of measured.failures) {
        const known = causes.get(cause) ?? { cause, failures: 0, lostMs: 0 };
        causes.set(cause, { cause, failures: known.failures + 1, lostMs: known.lostMs + lostMs });
      }
      const reported = reportedOf(measured);
      if (measured.unknownFor === null) posServers.push(reported);
      else if (isWithin(history, { from: bounds[0] ?? to, to })) unknown.push(reported);
    }
  }
  return {
    ...sums.figures(),
    parts,
    causes: [...causes.values()].sort((one, other) => other.lostMs - one.lostMs),
    counted: posServers.length,
    posServers: posServers.sort(worstFirst),
    unknown,
    before: sumsBefore.isEmpty() ? null : sumsBefore.figures(),
  };
}

/** 0–1; null = nothing is known. */
export function shareOf({ workedMs, lostMs }: Times): number | null {
  return workedMs + lostMs === 0 ? null : workedMs / (workedMs + lostMs);
}

/** Whether it was there at all. */
function isWithin({ stay, changes }: History, { from, to }: TimeSpan): boolean {
  const [first] = changes;
  return first !== undefined && first.at < to && stay.from < to && stay.to > from;
}

function reportedOf({
  parts: _parts,
  resetsMs: _resetsMs,
  failures,
  ...measured
}: Measured): ReportedPosServer {
  const byCause = Map.groupBy(failures, ({ cause }) => cause);
  const [frequent] = [...byCause].sort(([, one], [, other]) => other.length - one.length);
  return {
    ...measured,
    failures: failures.length,
    longestMs: Math.max(0, ...failures.map(({ lostMs }) => lostMs)),
    cause: frequent?.[0] ?? null,
  };
}

function worstFirst(one: ReportedPosServer, other: ReportedPosServer): number {
  return (shareOf(one) ?? 1) - (shareOf(other) ?? 1) || other.lostMs - one.lostMs;
}

function createSums() {
  const times: Times = { workedMs: 0, lostMs: 0 };
  const recoveries: number[] = [];
  const resets: (number | null)[] = [];
  let [failures, failing] = [0, 0];

  return {
    add(measured: Measured): void {
      addTimes(times, measured);
      failures += measured.failures.length;
      failing += Number(measured.failures.length > 0);
      for (const { isRecovered, lostMs } of measured.failures) if (isRecovered) recoveries.push(lostMs);
      resets.push(...measured.resetsMs);
    },
    isEmpty: () => shareOf(times) === null,
    figures(): Figures {
      const helpful = resets.filter((ms) => ms !== null);
      const resetMs = helpful.length === 0 ? null : sum(helpful) / helpful.length;
      const recoveryMs = medianOf(recoveries);
      return {
        ...times,
        failures,
        failing,
        recoveryMs,
        resets: resets.length,
        helpful: helpful.length,
        resetMs,
      };
    },
  };
}

function addTimes(sums: Times | undefined, { workedMs, lostMs }: Times): void {
  if (!sums) return;
  sums.workedMs += workedMs;
  sums.lostMs += lostMs;
}

/** One outage of days would ruin a mean. */
function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = null, high = null] = [sorted.at(middle - 1) ?? null, sorted.at(middle) ?? null];
  if (low === null || high === null) return null;
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
