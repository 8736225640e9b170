/**
 * `npm run bench tests`: what `npm test`, and the whole `.ci/run`, take on a new machine: in a clone of the last commit.
 * It takes a quarter of an hour, so a plain `npm run bench` leaves it out.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../helpers/folder.ts";
import { BENCHMARK } from "./program.ts";
import { atMost, measured, printReport } from "./report.ts";

const folder = makeFolder(BENCHMARK);
const output = join(folder, "output.txt");
const clone = join(folder, "poswatch");

run(`git clone "${join(import.meta.dirname, "../..")}" "${clone}"`, folder);
run("npm ci", clone);
const tests = run("npm test", clone);
const whole = run(".ci/run", clone);
printReport("The tests, from a clone", [
  measured("npm test", tests.seconds, atMost(300, "s")),
  measured("npm test, CPU", tests.cpuSeconds, atMost(480, "s")),
  measured(".ci/run", whole.seconds, atMost(540, "s")),
  measured(".ci/run, CPU", whole.cpuSeconds, atMost(900, "s")),
]);
process.exit();

/** Runs a command to its end. @returns what it has taken, with all that it has started. */
function run(command: string, cwd: string): { seconds: number; cpuSeconds: number } {
  const timed = `LC_NUMERIC=C TIMEFORMAT="%R %U %S"; time ${command} > "${output}" 2>&1`;
  const { status, stderr } = spawnSync("bash", ["-c", timed], { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} failed:\n${readFileSync(output, "utf8").slice(-4_000)}`);
  const [seconds = 0, user = 0, system = 0] = stderr.trim().split(" ").map(Number);
  return { seconds, cpuSeconds: user + system };
}
