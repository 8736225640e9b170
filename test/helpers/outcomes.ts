import type { FailureCode } from "../../src/monitor/pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { exampleReport } from "./pos-server.ts";

/** What a test says about a report; whatever it leaves out is healthy. Times are ages, ms. */
export interface Reported {
  version?: string | null;
  syncedAgoMs?: number | null;
  error?: string | null;
  service?: StatusReport["service"];
  disk?: StatusReport["disk"];
  agent?: StatusReport["agent"];
  logs?: StatusReport["logs"];
  checks?: StatusReport["checks"];
  /** How far the POS server's clock is ahead of the monitor's. */
  clockAheadMs?: number;
}

/** A report that was received at `now`, ms UTC. */
export function reportAt(now: number, reported: Reported = {}): StatusReport {
  const { version = "34.2.117.0", syncedAgoMs = 30_000, error = null, clockAheadMs = 0 } = reported;
  const time = (at: number) => new Date(at + clockAheadMs).toISOString();
  return exampleReport({
    version,
    time: time(now),
    ...("service" in reported && { service: reported.service ?? null }),
    ...("agent" in reported && { agent: reported.agent ?? null }),
    ...("logs" in reported && { logs: reported.logs ?? null }),
    ...("checks" in reported && { checks: reported.checks ?? null }),
    ...("disk" in reported && { disk: reported.disk ?? null }),
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
