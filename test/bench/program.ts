import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Owner } from "../helpers/owner.ts";

const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));

/** What `npm run agent` tells Node, for the agent to be measured as it runs. */
export const AGENT_FLAGS: string[] = scripts.agent.split(" ").filter((word: string) => word.startsWith("--"));

/** Everything smaller and shorter, for all benchmarks to take a few minutes: shows that they work, and what has gone far astray. */
export const isQuick = process.argv.includes("--quick");

/** `--name value` of the command line, else what a whole run or a quick one takes. */
export function numberOption(name: string, whole: number, quick = whole): number {
  const at = process.argv.indexOf(`--${name}`);
  if (at === -1) return isQuick ? quick : whole;
  return Number(process.argv[at + 1]);
}

const teardowns: (() => unknown)[] = [];
process.on("exit", () => {
  for (const teardown of teardowns.toReversed()) teardown();
});

/** What a benchmark starts for itself ends with its process, at once. */
export const BENCHMARK: Owner = { teardown: (teardown) => void teardowns.push(teardown) };

/**
 * Runs a program of this folder, which is to end when its standard input does.
 * @returns what it printed first, for which it may stay alive.
 */
export async function runProgram<Result>(file: string, input: unknown): Promise<Result> {
  const program = [join(import.meta.dirname, file), JSON.stringify(input)];
  const child = spawn(process.execPath, program, { stdio: ["pipe", "pipe", "inherit"] });
  BENCHMARK.teardown(() => child.kill("SIGKILL"));
  const ended = once(child, "close").then(() => {
    throw new Error(`${file} ended without a line of JSON`);
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended]);
  return JSON.parse(line);
}

/** In such a program: what it is told. */
export function readInput<Input>(): Input {
  return JSON.parse(process.argv[2] ?? "");
}

export function printResult(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Stays alive for as long as the benchmark that has started it. */
export function stayWithParent(): void {
  process.stdin.on("end", () => process.exit()).resume();
}
