/**
 * `npm run bench [name…] [-- --quick]`: runs the benchmarks named, or all but those of `BY_NAME_ONLY`, one after another,
 * each in its own process; what they saw is added to `history.jsonl`, from which earlier runs are drawn.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const SUFFIX = ".bench.ts";
/** Takes a quarter of an hour. */
const BY_NAME_ONLY = ["tests"];

const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length));
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith("--"));
const named = firstOption === -1 ? args : args.slice(0, firstOption);
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No benchmark ${unknown.join(", ")}; there are: ${known.join(", ")}\n`);
  process.exit(1);
}
for (const name of named.length > 0 ? named : known.filter((name) => !BY_NAME_ONLY.includes(name))) {
  const program = [join(import.meta.dirname, `${name}${SUFFIX}`), ...args.slice(named.length)];
  const { status } = spawnSync(process.execPath, program, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
