import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { isQuick } from "./options.ts";

const FILE = join(import.meta.dirname, "history.jsonl");

/** What one run of a benchmark measured, by what the figures are called. */
interface Run {
  date: string;
  commit: string;
  machine: string;
  bench: string;
  isQuick: boolean;
  figures: Record<string, number>;
}

/** Earlier runs of a benchmark on such a machine, oldest first, quick ones beside quick ones. */
export function readHistory(bench: string): Run[] {
  if (!existsSync(FILE)) return [];
  const runs: Run[] = readFileSync(FILE, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return runs.filter(
    (run) => run.bench === bench && run.isQuick === isQuick && run.machine === describeMachine(),
  );
}

export function appendHistory(bench: string, figures: Record<string, number>): void {
  if (Object.keys(figures).length === 0) return;
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { cwd: import.meta.dirname });
  const run: Run = {
    date: new Date().toISOString(),
    commit: commit.toString().trim(),
    machine: describeMachine(),
    bench,
    isQuick,
    figures,
  };
  appendFileSync(FILE, `${JSON.stringify(run)}\n`);
}

function describeMachine(): string {
  const processors = cpus();
  return `${processors.length} × ${processors[0]?.model ?? process.arch}`;
}
