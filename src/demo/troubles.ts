import type { PosServerState } from "../monitor/fleet/state.ts";
import { DAY_MS, MINUTE_MS } from "../protocol/time-units.ts";
import { type DemoPosServer, mainServerHost, type Scenario } from "./chain.ts";
import { type ExchangeFailure, wordingOf } from "./log-wording.ts";
import { SERVICE_TIMING } from "./pos-service.ts";

interface ScenarioTrouble {
  /** How long ago it began. */
  ageMs: number;
  /** In the first report; none of a parked POS server. */
  state?: PosServerState;
  /** Why every exchange fails. */
  failure?: ExchangeFailure;
}

/** The other scenarios have none at the start. */
const TROUBLES: Partial<Record<Scenario, ScenarioTrouble>> = {
  damaged_database: {
    ageMs: 161 * MINUTE_MS,
    state: "sync_error",
    failure: {
      kind: "database",
      table: "guest_wallet",
      code: "SQLITE_CORRUPT",
      message: "database disk image is malformed",
    },
  },
  database_held: {
    ageMs: 47 * MINUTE_MS,
    state: "sync_error",
    failure: { kind: "database", table: "program", code: "SQLITE_BUSY", message: "database is locked" },
  },
  main_server_silent: {
    ageMs: 12 * MINUTE_MS,
    state: "sync_error",
    failure: { kind: "timeout", timeoutMs: SERVICE_TIMING.exchangeTimeoutMs },
  },
  cut_off: {
    ageMs: 74 * MINUTE_MS,
    state: "sync_error",
    failure: { kind: "not_connected", host: mainServerHost({ scenario: "cut_off" }), code: "ENOTFOUND" },
  },
  exchange_hangs: { ageMs: 190 * MINUTE_MS, state: "sync_stale" },
  exchange_lies: { ageMs: 95 * MINUTE_MS, state: "sync_stale" },
  service_stopped: { ageMs: 268 * MINUTE_MS, state: "service_stopped" },
  closed: { ageMs: 8 * 60 * MINUTE_MS, state: "closed" },
  /** Since an update, before its logs begin. */
  unknown_wording: { ageMs: 12 * DAY_MS + 5 * 60 * MINUTE_MS, state: "sync_stale" },
  parked: { ageMs: 2 * DAY_MS + 70 * MINUTE_MS },
};

export interface Trouble {
  state: PosServerState;
  detail: string | null;
}

/** The trouble in the first report of a POS server; null = none. */
export function presentTrouble(posServer: Pick<DemoPosServer, "scenario" | "logStyle">): Trouble | null {
  const { state, failure } = TROUBLES[posServer.scenario] ?? {};
  const detail = failure ? wordingOf(posServer).failureAsRead(failure) : null;
  return state ? { state, detail } : null;
}

/** How long ago the trouble of a POS server began; 0 = it has none. */
export function troubleAgeMs(scenario: Scenario): number {
  return TROUBLES[scenario]?.ageMs ?? 0;
}

/** Why every exchange of a POS server fails; null = it does not. */
export function exchangeFailureOf(scenario: Scenario): ExchangeFailure | null {
  return TROUBLES[scenario]?.failure ?? null;
}

/** Whether its log claims that exchanges work. */
export function isExchanging(scenario: Scenario): boolean {
  return scenario === "unknown_wording" || scenario === "exchange_lies" || !(scenario in TROUBLES);
}
