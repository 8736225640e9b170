import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";

/** What the simulated fleet prints when it is ready. */
export interface FleetReady {
  /** Where it listens: `http://127.0.0.1:port`, `http://127.0.0.2:port`, … */
  origins: string[];
  /** Of the one certificate of all, or null over plain HTTP. */
  fingerprint: string | null;
  failingPercent: number;
}

export const FLEET_TOKEN = "token-of-the-simulated-fleet";
/** CrmIds have six digits, so that an answer can be patched in place. */
export const FLEET_ORGANIZATIONS = 1_000;

const MISDEEDS = ["refused", "http_500", "hanging", "garbage"] as const;
export type Misdeed = (typeof MISDEEDS)[number];

/** Nothing listens here. */
const REFUSING_PORT = 1;

/** How POS server n fails, or null for a healthy one; the failing ones are spread over the fleet. */
export function misdeedOf(n: number, failingPercent: number): Misdeed | null {
  if (n % 100 >= failingPercent) return null;
  return MISDEEDS[(n + Math.floor(n / 100)) % MISDEEDS.length] ?? null;
}

/** The identity that POS server n reports: always 36 characters. */
export function fleetPosServerId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

/** The CrmId of the organization of POS server n: always 6 characters. */
export function fleetCrmId(n: number): string {
  return String(100_000 + (n % FLEET_ORGANIZATIONS));
}

/** POS server n of a fleet as the registry would know it, with n as its id. */
export function fleetPosServer({ origins, fingerprint, failingPercent }: FleetReady, n: number): PosServer {
  const origin = origins[n % origins.length] ?? "";
  const isRefusing = misdeedOf(n, failingPercent) === "refused";
  return {
    id: n,
    connection: "direct",
    address: `${isRefusing ? origin.replace(/\d+$/, String(REFUSING_PORT)) : origin}/${n}`,
    token: FLEET_TOKEN,
    fingerprint,
    posServerId: fleetPosServerId(n),
    crmId: fleetCrmId(n),
  };
}
