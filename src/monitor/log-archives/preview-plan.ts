import type { LogFile } from "../../protocol/logs.ts";
import { askOwn } from "../pos-client/ask-own.ts";
import type { PosFailure } from "../pos-client/calls/failure.ts";
import type { PosServer } from "../pos-client/calls/pos-server.ts";
import type { CallOutcome, PosClient } from "../pos-client/client.ts";
import { periodByItsClock } from "../restaurants/period-by-its-clock.ts";
import { createShareWork } from "../workers/share-work.ts";
import { type ArchivePlan, planArchives } from "./fetching/plan-archives.ts";
import type { WantedLogs } from "./log-request-form.ts";

/** How long the form waits for its preview. */
const PREVIEW_MS = 5_000;

export type Preview =
  | { kind: "plan"; plan: ArchivePlan }
  | { kind: "failure"; failure: PosFailure }
  | { kind: "slow" };

/** Asks for logs and plans what fits, storing nothing. Another CrmId is refused, as by the request itself. */
export function createPreviews(client: PosClient) {
  const share = createShareWork<CallOutcome<LogFile[]>>();

  return {
    /** All who ask the same at once share a call. @param known its clock by the last report. @throws the signal's reason. */
    async plan(
      posServer: PosServer,
      known: { clockShiftMs: number | null; utcOffsetMinutes: number | null },
      wanted: WantedLogs,
      signal: AbortSignal,
    ): Promise<Preview> {
      const period = periodByItsClock(wanted, known.clockShiftMs ?? 0);
      const listed = await withinTime(signal, (ending) =>
        share(JSON.stringify([posServer, period]), ending, (nobodyWaits) =>
          askOwn(client, posServer, (own) => client.listLogs(own, period, nobodyWaits), nobodyWaits),
        ),
      );
      if (!listed) return { kind: "slow" };
      if (!listed.ok) return { kind: "failure", failure: listed.failure };
      const options = { maxBytes: wanted.maxBytes, utcOffsetMinutes: known.utcOffsetMinutes ?? 0 };
      return { kind: "plan", plan: planArchives(listed.value, options) };
    },
  };
}

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
