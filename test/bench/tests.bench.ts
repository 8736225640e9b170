/**
 * `npm run bench tests`: what `npm test`, and the whole `.ci/run`, take in a new clone of the last commit each.
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
/** Nothing is compiled yet, as on a new machine. */
const env = { ...process.env, TMPDIR: folder };
for (const [command, seconds, cpuSeconds] of [
  ["npm test", 300, 480],
  [".ci/run", 540, 900],
] as const) {
  const clone = join(folder, command.replace(/\W/g, ""));
  run(`git clone "${join(import.meta.dirname, "../..")}" "${clone}"`, folder);
  if (command === "npm test") run("npm ci", clone); // a part of the other
  const took = run(command, clone);
  printReport(`${command}, from a clone`, [
    measured(command, took.seconds, atMost(seconds, "s")),
    measured(`${command}, CPU`, took.cpuSeconds, atMost(cpuSeconds, "s")),
  ]);
}
process.exit();

/** Runs a command to its end. @returns what it took, with all that it waited for. */
function run(command: string, cwd: string): { seconds: number; cpuSeconds: number } {
  const timed = `LC_NUMERIC=C TIMEFORMAT="%R %U %S"; time ${command} > "${output}" 2>&1`;
  const { status, stderr } = spawnSync("bash", ["-c", timed], { cwd, encoding: "utf8", env });
  if (status !== 0) throw new Error(`${command} failed:\n${readFileSync(output, "utf8").slice(-4_000)}`);
  const [seconds = 0, user = 0, system = 0] = stderr.trim().split(" ").map(Number);
  return { seconds, cpuSeconds: user + system };
}
