import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { isQuick } from "./program.ts";

/** What is wanted of a figure, as `quality.md` of the design says it. */
interface Target {
  relation: "≤" | "≥";
  limit: number;
  unit: string;
}

/** One line of what a benchmark measured; without a target the figure is only told. */
export interface Measured {
  what: string;
  value: number | string;
  target?: Target;
}

/** What one run of a benchmark measured, by what the figures are called. */
interface Run {
  date: string;
  commit: string;
  machine: string;
  bench: string;
  isQuick: boolean;
  figures: Record<string, number>;
}

const HISTORY = join(import.meta.dirname, "history.jsonl");
const SPARKS = "▁▂▃▄▅▆▇█";
const RUNS_SHOWN = 12;

export const atMost = (limit: number, unit: string): Target => ({ relation: "≤", limit, unit });
export const atLeast = (limit: number, unit: string): Target => ({ relation: "≥", limit, unit });
export const measured = (what: string, value: number, target: Target): Measured => ({ what, value, target });
export const told = (what: string, value: string): Measured => ({ what, value });

/** Prints what was measured beside its target and what earlier runs on such a machine saw, and adds it to them. */
export function printReport(title: string, lines: Measured[]): void {
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { cwd: import.meta.dirname });
  const run: Run = {
    date: new Date().toISOString(),
    commit: commit.toString().trim(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? process.arch}`,
    bench: basename(process.argv[1] ?? "", ".bench.ts"),
    isQuick,
    figures: {},
  };
  const earlier = readEarlier(run);
  const rows = lines.map(({ what, value, target }) => {
    if (!target || typeof value === "string") return [" ", what, String(value), "", ""];
    run.figures[what] = value;
    const seen = [...earlier.flatMap(({ figures }) => figures[what] ?? []), value].slice(-RUNS_SHOWN);
    const { relation, limit, unit } = target;
    const isMet = relation === "≤" ? value <= limit : value >= limit;
    const shown = `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
    return [isMet ? "✓" : "✗", what, shown, `${relation} ${limit} ${unit}`, sparkline(seen)];
  });
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const print = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  process.stdout.write(`\n${title}\n${rows.map((row) => `  ${print(row).trimEnd()}\n`).join("")}`);
  appendFileSync(HISTORY, `${JSON.stringify(run)}\n`);
}

/** The same benchmark on such a machine, oldest first, quick ones beside quick ones. */
function readEarlier({ bench, machine }: Run): Run[] {
  const runs: Run[] = readFileSync(HISTORY, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return runs.filter((run) => run.bench === bench && run.machine === machine && run.isQuick === isQuick);
}

/** From zero, so that a wobble of a few percent looks like one; a single run shows nothing. */
function sparkline(values: readonly number[]): string {
  const most = Math.max(...values);
  if (values.length < 2 || most === 0) return "";
  return values.map((value) => SPARKS[Math.round((value / most) * (SPARKS.length - 1))] ?? "").join("");
}

/** The value below which a share (0–1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
}

/** The median of how long something takes, ms. */
export async function timeRepeated(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  while (taken.length < times) {
    const startedAt = performance.now();
    await work();
    taken.push(performance.now() - startedAt);
  }
  return quantile(taken, 0.5);
}
