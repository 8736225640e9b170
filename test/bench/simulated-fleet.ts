import type { FailureCode } from "../../src/monitor/pos-client/calls/failure.ts";
import type { LogSearchResult } from "../../src/protocol/log-lines.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { failed, reportAt } from "../helpers/outcomes.ts";
import { foundIn } from "../helpers/searchable-server.ts";
import type { FilledPosServer } from "./fill-database.ts";
import { chainPosServerName } from "./mixed-chain.ts";

/** What the process of a simulated fleet prints when it listens. */
export interface Fleet {
  /** `http://127.0.0.1:port`, `http://127.0.0.2:port`, … */
  origins: string[];
  failingPercent: number;
}

export const FLEET_TOKEN = "token-of-the-simulated-fleet";
export const ORGANIZATIONS = 1_000;
export const SYNC_ERROR = "нарушена целостность базы";

const FAILURES: FailureCode[] = ["connect_refused", "http_status", "response_timeout", "invalid_json"];
/** Nothing listens here. */
const REFUSING_PORT = "1";
const ONE_IN_WITH_SYNC_ERROR = 25;

/** How POS server n fails, or null for a healthy one; the failing ones are spread over the fleet. */
export function failureOf(n: number, failingPercent: number): FailureCode | null {
  if (n % 100 >= failingPercent) return null;
  return FAILURES[(n + Math.floor(n / 100)) % FAILURES.length] ?? null;
}

/** What POS server n reports: it exchanged just now, or failed to, one in 25. */
export function reportOf(n: number, now = Date.now()): StatusReport {
  const error = n % ONE_IN_WITH_SYNC_ERROR === 7 ? SYNC_ERROR : null;
  const crmId = String(100_000 + (n % ORGANIZATIONS));
  return { ...reportAt(now, { syncedAgoMs: 0, error }), posServerId: identityOf(n), crmId };
}

/** What a search of its log finds: something on one in ten. */
export function searchResultOf(n: number): LogSearchResult {
  const text = `Exchange failed: ${SYNC_ERROR} (guest_wallet)`;
  const found = foundIn(new Date().toISOString(), n + 1, text, { files: [] });
  return n % 10 === 0 ? found : { ...found, count: 0, firstAt: null, lastAt: null, hours: [], entries: [] };
}

export function identityOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

export function addressOf({ origins, failingPercent }: Fleet, n: number): string {
  const origin = origins[n % origins.length] ?? "";
  const isRefusing = failureOf(n, failingPercent) === "connect_refused";
  return `${isRefusing ? origin.replace(/\d+$/, REFUSING_PORT) : origin}/${n}`;
}

/** POS server n for a registry, as if it had been polled. */
export function fleetPosServer(fleet: Fleet, n: number, now: number): FilledPosServer {
  const failure = failureOf(n, fleet.failingPercent);
  const failures = failure ? [failed(now, failure, ""), failed(now, failure, "")] : [];
  return {
    organization: n % ORGANIZATIONS,
    name: chainPosServerName(n),
    address: addressOf(fleet, n),
    token: FLEET_TOKEN,
    identity: identityOf(n),
    outcomes: [{ ok: true, report: reportOf(n, now), receivedAt: now }, ...failures],
  };
}
