import { setTimeout as delay } from "node:timers/promises";
import type { LogFile } from "../../protocol/logs.ts";
import type { CallOutcome, PosClient, PosServer } from "../pos-client/client.ts";
import type { PosFailure } from "../pos-client/failure.ts";
import { type ArchivePlan, planArchives } from "./fetching/plan-archives.ts";
import type { WantedLogs } from "./log-request-form.ts";

/** Whoever looks at the form waits no longer for it. */
const PREVIEW_MS = 5_000;

/** What a request would take, or why that is not known in time. */
export type Preview =
  | { kind: "plan"; plan: ArchivePlan }
  | { kind: "failure"; failure: PosFailure }
  | { kind: "slow" };

/** What the last report said of the POS server's clock; null = nothing yet. */
export interface KnownClock {
  clockShiftMs: number | null;
  utcOffsetMinutes: number | null;
}

/** Asks a POS server which logs there are, and plans what fits. Nothing is stored. */
export async function previewPlan(
  client: PosClient,
  posServer: PosServer,
  { clockShiftMs, utcOffsetMinutes }: KnownClock,
  { fromAt, toAt, maxBytes }: WantedLogs,
): Promise<Preview> {
  const byItsClock = (at: number) => new Date(at - (clockShiftMs ?? 0)).toISOString();
  const listed = await withinTime(
    client.listLogs(posServer, { from: byItsClock(fromAt), to: byItsClock(toAt) }),
  );
  if (!listed) return { kind: "slow" };
  if (!listed.ok) return { kind: "failure", failure: listed.failure };
  return {
    kind: "plan",
    plan: planArchives(listed.value, { maxBytes, utcOffsetMinutes: utcOffsetMinutes ?? 0 }),
  };
}

/** @returns null when it takes too long; what it comes to then is of no interest. */
async function withinTime(call: Promise<CallOutcome<LogFile[]>>): Promise<CallOutcome<LogFile[]> | null> {
  const waiting = new AbortController();
  call.catch(() => undefined);
  try {
    return await Promise.race([call, delay(PREVIEW_MS, null, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
