import type { Db } from "../database/schema.ts";
import type { Cause } from "../fleet/cause-catalogue.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";
import { listRunsSince } from "../history/known-history.ts";
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
  /** Failures that no exchange has ended. */
  lasting: number;
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
  const within = { from: bounds[0] ?? to, to };
  const runs = await listRunsSince(db, before.from, now);
  const parts = bounds
    .slice(1)
    .map((end, index) => ({ from: bounds[index] ?? end, to: end, workedMs: 0, lostMs: 0 }));
  const all: Measured[] = [];
  const allBefore: Measured[] = [];
  for await (const histories of readHistories(db, query, { from: before.from, to })) {
    for (const history of histories) {
      allBefore.push(measureHistory(history, runs, [before.from, before.to], before.from));
      if (!wasThere(history, within)) continue;
      const { parts: times, ...measured } = measureHistory(history, runs, bounds, before.from);
      for (const [index, part] of parts.entries()) addTimes(part, times[index]);
      // The parts of a large chain would take too much room.
      all.push({ ...measured, parts: [] });
    }
  }
  const known = all.filter(({ unknownFor }) => unknownFor === null);
  const figuresBefore = figuresOf(allBefore);
  return {
    ...figuresOf(all),
    parts,
    causes: causesOf(all),
    counted: known.length,
    posServers: known.map(reportedOf).sort(worstFirst),
    unknown: all.filter(({ unknownFor }) => unknownFor !== null).map(reportedOf),
    before: shareOf(figuresBefore) === null ? null : figuresBefore,
  };
}

/** 0–1; null = nothing is known. */
export function shareOf({ workedMs, lostMs }: Times): number | null {
  return workedMs + lostMs === 0 ? null : workedMs / (workedMs + lostMs);
}

function wasThere({ organizationSince, changes }: History, { to }: TimeSpan): boolean {
  const [first] = changes;
  return first !== undefined && first.at < to && organizationSince < to;
}

function reportedOf({
  parts: _parts,
  resetsMs: _resetsMs,
  failures,
  ...measured
}: Measured): ReportedPosServer {
  const causes = causesOf([{ failures }]).sort((one, other) => other.failures - one.failures);
  return {
    ...measured,
    failures: failures.length,
    longestMs: Math.max(0, ...failures.map(({ wholeMs }) => wholeMs)),
    cause: causes[0]?.cause ?? null,
  };
}

function worstFirst(one: ReportedPosServer, other: ReportedPosServer): number {
  return (shareOf(one) ?? 1) - (shareOf(other) ?? 1) || other.lostMs - one.lostMs;
}

function figuresOf(all: readonly Measured[]): Figures {
  const times: Times = { workedMs: 0, lostMs: 0 };
  for (const measured of all) addTimes(times, measured);
  const failures = all.flatMap((measured) => measured.failures);
  const resets = all.flatMap(({ resetsMs }) => resetsMs);
  const helpful = resets.filter((ms) => ms !== null);
  return {
    ...times,
    failures: failures.length,
    failing: all.filter((measured) => measured.failures.length > 0).length,
    lasting: failures.filter(({ isRecovered }) => !isRecovered).length,
    recoveryMs: medianOf(failures.filter(({ isRecovered }) => isRecovered).map(({ wholeMs }) => wholeMs)),
    resets: resets.length,
    helpful: helpful.length,
    resetMs: helpful.length === 0 ? null : sumOf(helpful) / helpful.length,
  };
}

/** Those that took longest first. */
function causesOf(all: readonly Pick<Measured, "failures">[]): Report["causes"] {
  const byCause = Map.groupBy(
    all.flatMap(({ failures }) => failures),
    ({ cause }) => cause,
  );
  return [...byCause]
    .map(([cause, failures]) => ({
      cause,
      failures: failures.length,
      lostMs: sumOf(failures.map(({ lostMs }) => lostMs)),
    }))
    .sort((one, other) => other.lostMs - one.lostMs);
}

function addTimes(sums: Times, times: Times | undefined): void {
  sums.workedMs += times?.workedMs ?? 0;
  sums.lostMs += times?.lostMs ?? 0;
}

/** One outage of days would ruin a mean. */
function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low = null, high = null] = [sorted.at(middle - 1) ?? null, sorted.at(middle) ?? null];
  if (low === null || high === null) return null;
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
