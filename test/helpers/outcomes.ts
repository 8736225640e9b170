import type { FailureCode } from "../../src/monitor/pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { exampleReport } from "./pos-server.ts";

type Facts = {
  [Fact in "version" | "service" | "disk" | "agent" | "logs" | "checks"]?: StatusReport[Fact] | undefined;
};

/** What a test says about a report; whatever it leaves out is healthy. Times are ages, ms. */
export interface Reported extends Facts {
  syncedAgoMs?: number | null;
  error?: string | null;
  /** How far the POS server's clock is ahead of the monitor's. */
  clockAheadMs?: number;
}

/** A report that was received at `now`, ms UTC. */
export function reportAt(now: number, reported: Reported = {}): StatusReport {
  const { syncedAgoMs = 30_000, error = null, clockAheadMs = 0, ...others } = reported;
  const time = (at: number) => new Date(at + clockAheadMs).toISOString();
  return exampleReport({
    ...(others as Partial<StatusReport>),
    time: time(now),
    sync: {
      lastAttemptAt: time(now - 10_000),
      lastSuccessAt: syncedAgoMs === null ? null : time(now - syncedAgoMs),
      error: error === null ? null : { at: time(now - 10_000), message: error },
    },
  });
}

export function received(now: number, reported: Reported = {}): StatusOutcome {
  return { ok: true, report: reportAt(now, reported), receivedAt: now };
}

export function failed(
  now: number,
  code: FailureCode = "connect_refused",
  detail = "refused",
): StatusOutcome {
  return { ok: false, failure: { code, detail }, receivedAt: now };
}
