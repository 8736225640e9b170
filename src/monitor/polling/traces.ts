import type { StatusReport } from "../../protocol/status-report.ts";
import type { StateRules } from "../fleet/state.ts";
import type { PosStatus } from "./next-status.ts";
import type { MonitorTime } from "./reported-columns.ts";

/** How often an exchange leaves traces at one POS server, as `pos_status.traces` keeps it; times in ms UTC. */
interface TraceHistory {
  /** The last one. */
  at: number;
  /** The longest pause between two, which is forgotten slowly. */
  pauseMs: number;
  /** Exchanges beside which there was one, and since when they have been counted. */
  successes: number;
  since: number;
  /** Whether the last one was a connection, which nobody sees afterwards. */
  isByConnection: boolean;
}

const ENOUGH_SUCCESSES = 20;
/** Whoever has not seen a night does not know how long tills may write nothing. */
const ENOUGH_MS = 24 * 60 * 60_000;
const MANY_PAUSES = 3;
const PAUSE_IS_HALVED_MS = 7 * ENOUGH_MS;
/** Times of one thing differ by as much from report to report. */
const SAME_MS = 2_000;

/**
 * Follows the traces that exchanges leave (`sync.traces`). They prove nothing by themselves; but where each success had one, and for
 * three times the longest pause there has been none, a success that is only a guess is doubted: `untraced_since`.
 */
export function traceColumns(
  previous: PosStatus,
  report: StatusReport,
  receivedAt: number,
  { staleAfterMs }: StateRules,
  time: MonitorTime,
): Pick<PosStatus, "traces" | "untraced_since"> {
  const { sync, agent, logs } = report;
  if (sync === null) return { traces: previous.traces, untraced_since: previous.untraced_since };
  const before = previous.traces === null ? null : (JSON.parse(previous.traces) as TraceHistory);
  const writtenAt = time(sync.traces?.databaseWrittenAt) ?? 0;
  const seenAt = Math.max(writtenAt, time(sync.traces?.connectionSeenAt) ?? 0);
  if (!sync.traces || (before === null && seenAt === 0)) return { traces: null, untraced_since: null };

  const isByConnection = seenAt > writtenAt;
  const history = before ?? { at: seenAt, pauseMs: 0, successes: 0, since: receivedAt, isByConnection };
  const isWatched =
    !history.isByConnection ||
    (previous.failed_polls === 0 && previous.agent_machine === (agent?.machine ?? null));
  const gapMs = Math.max(0, seenAt - history.at);
  const pauseMs =
    isWatched && gapMs > SAME_MS
      ? Math.max(gapMs, history.pauseMs * 0.5 ** (gapMs / PAUSE_IS_HALVED_MS))
      : history.pauseMs;
  const lastSuccessAt = time(sync.lastSuccessAt) ?? 0;
  const hasExchanged = previous.last_sync_at !== null && lastSuccessAt > previous.last_sync_at + SAME_MS;
  const isBeside = hasExchanged && seenAt > (previous.last_sync_at ?? 0);
  const next: TraceHistory = {
    // While nobody looked there may have been some.
    at: isWatched ? Math.max(history.at, seenAt) : receivedAt,
    pauseMs: Math.round(pauseMs),
    successes: Math.min(ENOUGH_SUCCESSES, history.successes + Number(isBeside)),
    since: history.since,
    isByConnection: seenAt > history.at ? isByConnection : history.isByConnection,
  };
  const isMissed =
    logs?.evidence === "guess" &&
    next.successes === ENOUGH_SUCCESSES &&
    receivedAt - next.since >= ENOUGH_MS &&
    receivedAt - next.at > Math.max(MANY_PAUSES * next.pauseMs, staleAfterMs);
  return { traces: JSON.stringify(next), untraced_since: isMissed ? next.at : null };
}
