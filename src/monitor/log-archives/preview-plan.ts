import type { LogFile, LogPeriod } from "../../protocol/logs.ts";
import type { PosFailure } from "../pos-client/calls/failure.ts";
import type { PosServer } from "../pos-client/calls/pos-server.ts";
import type { CallOutcome, PosClient } from "../pos-client/client.ts";
import { periodByItsClock } from "../restaurants/period-by-its-clock.ts";
import { createShareWork } from "../workers/share-work.ts";
import { whileWanted } from "../workers/while-wanted.ts";
import { type ArchivePlan, planArchives } from "./fetching/plan-archives.ts";
import type { WantedLogs } from "./log-request-form.ts";

/** Whoever looks at the form waits no longer for it. */
const PREVIEW_MS = 5_000;

/** What a request would take, or why that is not known in time. */
export type Preview =
  | { kind: "plan"; plan: ArchivePlan }
  | { kind: "failure"; failure: PosFailure }
  | { kind: "slow" };

/**
 * Asks POS servers which logs there are, and plans what fits; those that turn out to be another organization's are refused as the
 * request itself would be. Nothing is stored.
 */
export function createPreviews(client: PosClient) {
  const share = createShareWork<CallOutcome<LogFile[]>>();

  /** A list of logs does not say whose they are: only the status does. */
  async function list(
    posServer: PosServer,
    period: LogPeriod,
    signal: AbortSignal,
  ): Promise<CallOutcome<LogFile[]>> {
    const [status, listed] = await Promise.all([
      whileWanted(client.fetchStatus(posServer), signal),
      client.listLogs(posServer, period, signal),
    ]);
    return status.ok ? listed : status;
  }

  return {
    /**
     * Whoever asks for the same at once is told by one call.
     * @param known of its clock, as the last report said; null = nothing yet. @throws the signal's reason.
     */
    async plan(
      posServer: PosServer,
      known: { clockShiftMs: number | null; utcOffsetMinutes: number | null },
      wanted: WantedLogs,
      signal: AbortSignal,
    ): Promise<Preview> {
      const period = periodByItsClock(wanted, known.clockShiftMs ?? 0);
      const listed = await withinTime(signal, (ending) =>
        share(JSON.stringify([posServer, period]), ending, (nobodyWaits) =>
          list(posServer, period, nobodyWaits),
        ),
      );
      if (!listed) return { kind: "slow" };
      if (!listed.ok) return { kind: "failure", failure: listed.failure };
      const options = { maxBytes: wanted.maxBytes, utcOffsetMinutes: known.utcOffsetMinutes ?? 0 };
      return { kind: "plan", plan: planArchives(listed.value, options) };
    },
  };
}

/** @returns null when it takes too long, which ends it. */
async function withinTime<T>(
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PREVIEW_MS);
  try {
    return await call(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (!late.signal.aborted || signal.aborted) throw error;
    return null;
  } finally {
    clearTimeout(timer);
  }
}
