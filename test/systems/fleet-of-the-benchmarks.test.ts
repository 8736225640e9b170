import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { createPosClient } from "../../src/monitor/pos-client/create-pos-client.ts";
import { type FleetReady, fleetPosServer, misdeedOf } from "../bench/fleet-plan.ts";
import { PATIENT_LIMITS } from "../helpers/poll-outcomes.ts";

const COUNT = 200;
const EXPECTED_CODES = {
  refused: "connect_refused",
  http_500: "http_status",
  hanging: "response_timeout",
  garbage: "invalid_json",
} as const;

async function startFleet(t: Test, flags: string[]) {
  const program = join(import.meta.dirname, "../bench/fleet.ts");
  const child = spawn(process.execPath, [program, "--addresses", "2", ...flags], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  const ready: FleetReady = JSON.parse(String(line));
  return { child, ready };
}

for (const flags of [[], ["--tls"]]) {
  for (const keepConnections of [true, false]) {
    const title = `${flags.join("") || "plain"}, connections ${keepConnections ? "kept" : "not kept"}`;
    t.test(`the simulated fleet answers and fails as planned (${title})`, async (t) => {
      const { child, ready } = await startFleet(t, flags);
      const patient = createPosClient({ keepConnections, limits: PATIENT_LIMITS });
      const hasty = createPosClient({
        keepConnections,
        limits: { ...PATIENT_LIMITS, headersTimeoutMs: 1_500 },
      });
      t.teardown(() => Promise.all([patient.close(), hasty.close()]));
      for (const round of [1, 2]) {
        const polls = Array.from({ length: COUNT }, (_, n) => {
          const client = misdeedOf(n, ready.failingPercent) === "hanging" ? hasty : patient;
          return client.fetchStatus(fleetPosServer(ready, n));
        });
        const codes = (await Promise.all(polls)).map((outcome) => (outcome.ok ? "ok" : outcome.failure.code));
        const expected = codes.map((_, n) => {
          const misdeed = misdeedOf(n, ready.failingPercent);
          return misdeed ? EXPECTED_CODES[misdeed] : "ok";
        });
        t.same(codes, expected, `round ${round}`);
      }
      child.stdin.end();
      t.same(await once(child, "exit"), [0, null]);
    });
  }
}
