import type { PosServerState } from "../monitor/fleet/state.ts";
import { type DemoPosServer, mainServerHost, type Scenario } from "./chain.ts";
import { type ExchangeFailure, wordingOf } from "./log-wording.ts";
import { SERVICE_TIMING } from "./pos-service.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long ago a trouble began; the other scenarios have none at the start. */
export const TROUBLE_AGE_MS: Partial<Record<Scenario, number>> = {
  damaged_database: 161 * MINUTE_MS,
  main_server_silent: 12 * MINUTE_MS,
  exchange_hangs: 190 * MINUTE_MS,
  exchange_lies: 95 * MINUTE_MS,
  service_stopped: 268 * MINUTE_MS,
  closed: 8 * 60 * MINUTE_MS,
  /** Since an update, before its logs begin. */
  unknown_wording: 12 * DAY_MS + 5 * 60 * MINUTE_MS,
  database_held: 47 * MINUTE_MS,
  cut_off: 74 * MINUTE_MS,
  parked: 2 * DAY_MS + 70 * MINUTE_MS,
};

/** Scenarios that have never answered this monitor. */
const UNHEARD: readonly Scenario[] = ["not_opened", "token_changed", "foreign_crm_id", "parked"];

type TroubledPosServer = Pick<DemoPosServer, "scenario" | "logStyle">;

export interface Trouble {
  state: PosServerState;
  detail: string | null;
}

/** The trouble in the first report of a POS server; null = none. */
export function presentTrouble(posServer: TroubledPosServer): Trouble | null {
  const failure = exchangeFailureOf(posServer);
  if (failure) return { state: "sync_error", detail: wordingOf(posServer).failureAsRead(failure) };
  switch (posServer.scenario) {
    case "exchange_hangs":
    case "unknown_wording":
    case "exchange_lies":
      return { state: "sync_stale", detail: null };
    case "service_stopped":
      return { state: "service_stopped", detail: null };
    case "closed":
      return { state: "closed", detail: null };
    default:
      return null;
  }
}

/** Why every exchange of a POS server fails; null = it does not. */
export function exchangeFailureOf({ scenario }: Pick<DemoPosServer, "scenario">): ExchangeFailure | null {
  switch (scenario) {
    case "damaged_database":
      return {
        kind: "database",
        table: "guest_wallet",
        code: "SQLITE_CORRUPT",
        message: "database disk image is malformed",
      };
    case "database_held":
      return { kind: "database", table: "program", code: "SQLITE_BUSY", message: "database is locked" };
    case "main_server_silent":
      return { kind: "timeout", timeoutMs: SERVICE_TIMING.exchangeTimeoutMs };
    case "cut_off":
      return { kind: "not_connected", host: mainServerHost({ scenario }), code: "ENOTFOUND" };
    default:
      return null;
  }
}

/** Whether its log claims that exchanges work. */
export function isExchanging(scenario: Scenario): boolean {
  return (
    scenario === "unknown_wording" || scenario === "exchange_lies" || TROUBLE_AGE_MS[scenario] === undefined
  );
}

export function isHeard(scenario: Scenario): boolean {
  return !UNHEARD.includes(scenario);
}
