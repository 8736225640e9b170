import type { StatusReport } from "../../protocol/status-report.ts";
import { DAY_MS } from "../../protocol/time-units.ts";
import type { StateRules } from "../fleet/state.ts";
import type { PosStatus } from "./next-status.ts";

/** ms UTC by the monitor's clock; null = none was reported. */
export type MonitorTime = (text: string | null | undefined) => number | null;

/** How often exchanges leave traces at a POS server, as `posStatus.traces` keeps it; times in ms UTC. */
interface TraceHistory {
  at: number;
  /** The first success without a trace since then; null = none. */
  missedFrom: number | null;
  /** The longest time that successes had no trace; it shrinks slowly. */
  waitMs: number;
  /** Successes with a trace, and since when they are counted. */
  successes: number;
  since: number;
}

export const NO_TRACES = { traces: null, untracedSince: null };
const ENOUGH_SUCCESSES = 20;
/** Long enough for a night, in which tills may write nothing. */
const ENOUGH_MS = DAY_MS;
const MANY_WAITS = 3;
const WAIT_IS_HALVED_MS = 7 * ENOUGH_MS;
/** One time differs by this much from report to report. */
const SAME_MS = 2_000;

/**
 * Follows the traces that exchanges leave (`sync.traces`). A guessed success is doubted (`untracedSince`) when successes
 * often had traces and have had none for three times as long as ever before; the next trace ends the doubt.
 */
export function traceColumns(
  previous: PosStatus,
  report: StatusReport,
  receivedAt: number,
  { staleAfterMs }: StateRules,
  time: MonitorTime,
): Pick<PosStatus, "traces" | "untracedSince"> {
  const { sync, logs } = report;
  if (sync === null) return { traces: previous.traces, untracedSince: previous.untracedSince };
  const seenAt = Math.max(
    time(sync.traces?.databaseWrittenAt) ?? 0,
    time(sync.traces?.connectionSeenAt) ?? 0,
  );
  if (!sync.traces || (previous.traces === null && seenAt === 0)) return NO_TRACES;

  const history: TraceHistory =
    previous.traces === null
      ? { at: seenAt, missedFrom: null, waitMs: 0, successes: 0, since: receivedAt }
      : JSON.parse(previous.traces);
  const successAt = time(sync.lastSuccessAt) ?? 0;
  const hasExchanged = previous.lastSyncAt !== null && successAt > previous.lastSyncAt + SAME_MS;
  if (seenAt > history.at + SAME_MS) return { traces: JSON.stringify(traced()), untracedSince: null };

  // While nobody polled there may have been a trace; and without a success none is missing.
  const isWatched =
    previous.untracedSince !== null ||
    Math.max(receivedAt - (previous.lastUpdateAt ?? 0), successAt - (previous.lastSyncAt ?? 0)) <=
      staleAfterMs;
  const missedFrom = (isWatched ? history.missedFrom : null) ?? (hasExchanged ? successAt : null);
  const isMissed =
    logs?.evidence === "guess" &&
    receivedAt - successAt <= staleAfterMs &&
    history.successes === ENOUGH_SUCCESSES &&
    receivedAt - history.since >= ENOUGH_MS &&
    missedFrom !== null &&
    receivedAt - missedFrom > Math.max(MANY_WAITS * history.waitMs, staleAfterMs);
  return {
    traces: JSON.stringify({ ...history, missedFrom }),
    untracedSince: isMissed ? history.at : null,
  };

  function traced(): TraceHistory {
    const { at, missedFrom, waitMs, successes, since } = history;
    const waitedMs = missedFrom === null ? 0 : Math.max(0, seenAt - missedFrom);
    const remembered = waitMs * 0.5 ** ((seenAt - at) / WAIT_IS_HALVED_MS);
    const isBeside = hasExchanged || missedFrom !== null;
    return {
      at: seenAt,
      missedFrom: null,
      waitMs: Math.round(Math.max(waitedMs, remembered)),
      successes: Math.min(ENOUGH_SUCCESSES, successes + Number(isBeside)),
      since,
    };
  }
}
