/**
 * Registers a simulated fleet in a data folder, as if it had been polled before so that no poll changes a state:
 * `node fleet-registry.ts DATA_DIR FLEET COUNT INTERVAL_MS [DIALLING]`, FLEET being the JSON of `FleetReady`; the first
 * DIALLING of them dial in. In a process of its own, since it leaves a large heap behind. Prints `true`.
 */

import type { FailureCode } from "../../src/monitor/pos-client/calls/failure.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { exampleReport } from "../helpers/pos-server.ts";
import { type FilledPosServer, fillDatabase } from "./fill-database.ts";
import { hasSyncError, SYNC_ERROR } from "./fleet-answers.ts";
import {
  FLEET_ORGANIZATIONS,
  type FleetReady,
  fleetPosServer,
  type Misdeed,
  misdeedOf,
} from "./fleet-plan.ts";
import { chainOrganizations, chainPosServerName } from "./mixed-chain.ts";

const FAILURES: Record<Misdeed, FailureCode> = {
  refused: "connect_refused",
  http_500: "http_status",
  hanging: "response_timeout",
  garbage: "invalid_json",
};

const [dataDir = "", fleetText = "", count, interval, dialling = "0"] = process.argv.slice(2);
const now = Date.now();
const posServers = fleetPosServers(JSON.parse(fleetText), Number(count), now);
await fillDatabase(dataDir, chainOrganizations(FLEET_ORGANIZATIONS), posServers, now);
process.stdout.write("true\n");

function* fleetPosServers(fleet: FleetReady, count: number, now: number): Iterable<FilledPosServer> {
  for (let n = 0; n < count; n += 1) {
    const { address, token, fingerprint, posServerId } = fleetPosServer(fleet, n);
    yield {
      organization: n % FLEET_ORGANIZATIONS,
      name: chainPosServerName(n),
      address: n < Number(dialling) ? null : address,
      token: token ?? "",
      fingerprint,
      identity: posServerId,
      isParked: false,
      pollIntervalMs: Number(interval),
      outcomes: outcomesOf(n, fleet.failingPercent, now),
    };
  }
}

function outcomesOf(n: number, failingPercent: number, now: number): StatusOutcome[] {
  const time = new Date(now).toISOString();
  const error = hasSyncError(n) ? { at: time, message: SYNC_ERROR } : null;
  const sync = { lastAttemptAt: time, lastSuccessAt: time, error };
  const reported: StatusOutcome = { ok: true, report: exampleReport({ time, sync }), receivedAt: now };
  const misdeed = misdeedOf(n, failingPercent);
  if (!misdeed) return [reported];
  const failed: StatusOutcome = {
    ok: false,
    failure: { code: FAILURES[misdeed], detail: "" },
    receivedAt: now,
  };
  return [reported, failed, failed];
}
