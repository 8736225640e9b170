import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Owner } from "../helpers/owner.ts";
import { createRandom } from "../helpers/random.ts";
import { administrate } from "./administrator.ts";
import { AGENT_FAULTS, MONITOR_FAULTS, throwFaults } from "./faults.ts";
import { endsOf } from "./invariants.ts";
import { comeToRest } from "./quiet.ts";
import { createTally } from "./tally.ts";
import { createWorld } from "./world.ts";

const ADMINISTRATORS = 3;
const STORM_MS = 90_000;

/**
 * `npm run test:soak [-- --minutes 30] [--seed 118]`: a monitor, agents and POS servers that misbehave, while
 * administrators work and everything fails by chance; now and then all faults end, and everything has to hold. The last line is the result.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
  const minutes = Number(values.minutes ?? 3);
  const seed = Number(values.seed ?? randomInt(2 ** 31));
  if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error("--minutes and --seed take numbers");
  say(`seed ${seed}`);
  const { owner, end } = createOwner();
  const tally = createTally();
  let ends: string[] = [];
  try {
    const world = await createWorld(owner, say);
    const endAt = performance.now() + minutes * 60_000;
    for (let storm = 0; performance.now() < endAt && tally.problems.length === 0; storm++) {
      const stormMs = Math.min(STORM_MS, endAt - performance.now());
      const calm = AbortSignal.timeout(Math.round(stormMs));
      const randomOf = (index: number) => createRandom(seed + 1_000 * storm + index);
      await Promise.all([
        ...[MONITOR_FAULTS, AGENT_FAULTS].map((faults, index) =>
          throwFaults(faults, world, randomOf(index), tally, calm),
        ),
        ...Array.from({ length: ADMINISTRATORS }, (_, index) =>
          administrate(world, randomOf(10 + index), tally, calm),
        ),
      ]);
      tally.problems.push(...(await comeToRest(world, tally)));
      say(`after storm ${storm + 1}: ${tally.problems.length} problems; so far ${tally.inWords()}`);
    }
    ends = endsOf(world);
    if (tally.problems.length > 0) say(`the end of the log:\n${world.monitor.log().slice(-8_000)}`);
  } finally {
    await end();
  }
  for (const problem of tally.problems) say(`violated: ${problem}`);
  const result = tally.problems.length === 0 ? "everything held" : `${tally.problems.length} violations`;
  say(`what became of it: ${ends.join(", ")}`);
  say(`soak of ${minutes} min with seed ${seed}: ${result}; ${tally.inWords()}`);
  return tally.problems.length === 0 ? 0 : 1;
}

/** Ends, in the end, what was started for it: the last first. */
function createOwner(): { owner: Owner; end: () => Promise<void> } {
  const teardowns: (() => unknown)[] = [];
  return {
    owner: { teardown: (teardown: () => unknown) => void teardowns.push(teardown) },
    async end() {
      for (const teardown of teardowns.toReversed()) await teardown();
      await delay(100);
    },
  };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await main();
