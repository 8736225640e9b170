/**
 * A program: agents that dial out, simulated down to their reports, from that number on. They keep their connections as
 * real ones do, and come back when the monitor does. Prints `true` when it begins.
 */
import { setTimeout as delay } from "node:timers/promises";
import { fastify } from "fastify";
import { createDialOut } from "../../src/agent/dial-out/dial-out.ts";
import { printResult, readInput, stayWithParent } from "./program.ts";
import { FLEET_TOKEN, identityOf, reportOf } from "./simulated-fleet.ts";

/** Agents do not begin all at once either. */
const BEGUN_PER_TURN = 20;
const TURN_MS = 5;

const { monitor, from, count }: { monitor: string; from: number; count: number } = readInput();
const { log } = fastify({ logger: false });
printResult(true);
stayWithParent();
for (let n = from; n < from + count; n += 1) {
  createDialOut({
    readTarget: async () => ({ monitor, pins: [], trustsAuthorities: true, proxy: "none" }),
    identity: { posServerId: identityOf(n), token: FLEET_TOKEN },
    answer(_request, response) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(reportOf(n)));
    },
    log,
  });
  if (n % BEGUN_PER_TURN === 0) await delay(TURN_MS);
}
