import { setTimeout as delay } from "node:timers/promises";
import t, { type Test } from "tap";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/protocol/time-units.ts";
import { makeFakeClock, noFakeClock } from "../helpers/fake-clock.ts";
import type { JobName, JobRun } from "../helpers/jobs-program.ts";
import { startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** Ten seconds before the job of the night. */
const START = Date.parse("2026-11-24T03:16:50Z");
/** Five seconds before a minute of the clock that is set. */
const SECOND_OF_MINUTE_MS = 55 * SECOND_MS;
const JUMPS = [
  ["8 hours ahead", 8 * HOUR_MS],
  ["a day back", -DAY_MS],
  ["400 days ahead", 400 * DAY_MS],
] as const;

const skip = noFakeClock;

t.test("a clock that is set delays no job beyond its period and doubles none", { skip }, async (t) => {
  await Promise.all(JUMPS.map(([words, jumpMs]) => setClock(t, words, jumpMs)));
});

async function setClock(t: Test, words: string, jumpMs: number): Promise<void> {
  const clock = makeFakeClock(t);
  clock.jump(START - clock.now());
  const program = startProgram(t, "test/helpers/jobs-program.ts", { env: clock.env });
  const runs = (name: JobName): number[] =>
    program
      .output()
      .split("\n")
      .slice(0, -1)
      .map((line): JobRun => JSON.parse(line))
      .filter((run) => run.name === name)
      .map(({ at }) => at);
  await waitFor(() => runs("night").length === 1 && runs("minute").length > 0);
  await delay(2 * SECOND_MS);
  const before = runs("minute").length;
  clock.jump(jumpMs + SECOND_OF_MINUTE_MS - (clock.now() % MINUTE_MS));
  await waitFor(() => runs("minute").length > before, { timeoutMs: 3 * MINUTE_MS });

  const gaps = (name: JobName) => runs(name).map((at, index, all) => at - (all[index - 1] ?? at));
  const gap = gaps("minute").at(-1) ?? 0;
  t.ok(gap >= MINUTE_MS / 2 && gap <= 2 * MINUTE_MS, `${words}: ${gap} ms between two minutes`);
  t.equal(runs("night").length, 1, `${words}: the night that comes again at once is the same night`);
  t.ok(Math.max(...gaps("second")) < 3 * SECOND_MS, `${words}: nothing blocks`);
}
