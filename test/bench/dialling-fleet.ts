/**
 * Agents that dial out, simulated down to their reports: `node test/bench/dialling-fleet.ts MONITOR FROM COUNT PIN`. They keep
 * their connections as real ones do, and come back when the monitor does. Prints `true` when it has begun; ends when its
 * standard input does.
 */
import { setTimeout as delay } from "node:timers/promises";
import Fastify from "fastify";
import { createDialOut } from "../../src/agent/dial-out/dial-out.ts";
import { statusReport } from "./fleet-answers.ts";
import { FLEET_TOKEN, fleetPosServerId } from "./fleet-plan.ts";

/** Agents do not begin all at once either. */
const BEGUN_PER_TURN = 20;
const TURN_MS = 5;

const [monitor = "", from, count, pin] = process.argv.slice(2);
const { log } = Fastify({ logger: false });
process.stdin.on("end", () => process.exit(0)).resume();
process.stdout.write("true\n");

for (let n = Number(from); n < Number(from) + Number(count); n += 1) {
  createDialOut({
    readTarget: async () => ({ monitor, pins: pin ? [pin] : [], trustsAuthorities: !pin, proxy: "none" }),
    identity: { posServerId: fleetPosServerId(n), token: FLEET_TOKEN },
    answer(_request, response) {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(statusReport(n));
    },
    log,
  });
  if (n % BEGUN_PER_TURN === 0) await delay(TURN_MS);
}
