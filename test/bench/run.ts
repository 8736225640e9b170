/**
 * `npm run bench [name…] [-- --quick]`: runs the benchmarks named, or all of them, one after another, each in its own
 * process; what they saw is added to `history.jsonl`, from which earlier runs are drawn.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SERVER_FLAGS } from "./program.ts";

const SUFFIX = ".bench.ts";

async function main(): Promise<void> {
  const known = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length));
  const args = process.argv.slice(2);
  const firstOption = args.findIndex((arg) => arg.startsWith("--"));
  const named = firstOption === -1 ? args : args.slice(0, firstOption);
  const options = args.slice(named.length);
  const unknown = named.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`No benchmark ${unknown.join(", ")}; there are: ${known.join(", ")}\n`);
    process.exitCode = 1;
    return;
  }

  for (const name of named.length > 0 ? named : known) {
    const program = join(import.meta.dirname, `${name}${SUFFIX}`);
    const child = spawn(process.execPath, [...SERVER_FLAGS, program, ...options], { stdio: "inherit" });
    const [code] = await once(child, "exit");
    if (code !== 0) process.exitCode = 1;
  }
}

await main();
