import { errors } from "undici";
import type { PosServerState } from "../monitor/fleet/state.ts";
import type { Scenario } from "./chain.ts";
import { describeExchangeFailure } from "./exchange.ts";
import { ApplyChangesError } from "./pos-database.ts";
import { SERVICE_TIMING } from "./pos-service.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long ago a POS server's trouble began, by scenario; the others have none in their logs. */
export const TROUBLE_AGE_MS: Partial<Record<Scenario, number>> = {
  damaged_database: 161 * MINUTE_MS,
  main_server_silent: 12 * MINUTE_MS,
  exchange_hangs: 190 * MINUTE_MS,
  service_stopped: 268 * MINUTE_MS,
  parked: 2 * DAY_MS + 70 * MINUTE_MS,
};

/** These have never answered, or not to this monitor. */
const UNHEARD: readonly Scenario[] = ["not_opened", "token_changed", "foreign_crm_id", "parked"];

export interface Trouble {
  state: PosServerState;
  detail: string | null;
}

/** What the first report of a POS server will say is wrong; null = nothing. */
export function presentTrouble(scenario: Scenario): Trouble | null {
  switch (scenario) {
    case "damaged_database":
      return { state: "sync_error", detail: damageReason() };
    case "main_server_silent":
      return { state: "sync_error", detail: silenceReason() };
    case "exchange_hangs":
      return { state: "sync_stale", detail: null };
    case "service_stopped":
      return { state: "service_stopped", detail: null };
    default:
      return null;
  }
}

/** Whether the monitor can have heard of it at all. */
export function isHeard(scenario: Scenario): boolean {
  return !UNHEARD.includes(scenario);
}

export function damageReason(): string {
  const cause = { code: "SQLITE_CORRUPT", message: "database disk image is malformed" };
  return describeExchangeFailure(new ApplyChangesError("guest_wallet", cause), null);
}

export function silenceReason(): string {
  return describeExchangeFailure(new errors.HeadersTimeoutError(), SERVICE_TIMING.exchangeTimeoutMs);
}
