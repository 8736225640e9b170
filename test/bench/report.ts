import { basename } from "node:path";
import { appendHistory, readHistory } from "./history.ts";
import { TARGETS, type Target } from "./targets.ts";

/** One line of what a benchmark measured; without a target the figure is only told. */
export interface Measured {
  what: string;
  value: number | string;
  target?: Target;
}

const SPARKS = "▁▂▃▄▅▆▇█";
const RUNS_SHOWN = 12;

/** Prints what was measured beside its target and what earlier runs on such a machine saw, and adds it to them. */
export function printReport(title: string, lines: Measured[]): void {
  const bench = basename(process.argv[1] ?? "", ".bench.ts");
  const earlier = readHistory(bench);
  const rows = lines.map(({ what, value, target }) => {
    if (!target || typeof value === "string") return [" ", what, String(value), "", ""];
    const seen = [...earlier.flatMap(({ figures }) => figures[what] ?? []), value].slice(-RUNS_SHOWN);
    return [isMet(value, target) ? "✓" : "✗", what, inUnit(value, target), wanted(target), sparkline(seen)];
  });
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const print = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  process.stdout.write(`\n${title}\n${rows.map((row) => `  ${print(row).trimEnd()}\n`).join("")}`);
  const figures = lines.filter((line) => line.target && typeof line.value === "number");
  appendHistory(bench, Object.fromEntries(figures.map(({ what, value }) => [what, Number(value)])));
}

/** @param name of a target, beside which the value is shown. */
export function measured(what: string, value: number, name: keyof typeof TARGETS): Measured {
  return { what, value, target: TARGETS[name] };
}

export function told(what: string, value: string): Measured {
  return { what, value };
}

function isMet(value: number, { atMost = Infinity, atLeast = -Infinity }: Target): boolean {
  return value <= atMost && value >= atLeast;
}

function inUnit(value: number, { unit, digits }: Target): string {
  return `${value.toFixed(digits)} ${unit}`.trimEnd();
}

function wanted({ atMost, atLeast, unit }: Target): string {
  return (atMost === undefined ? `≥ ${atLeast} ${unit}` : `≤ ${atMost} ${unit}`).trimEnd();
}

/** From zero, so that a wobble of a few percent looks like one; a single run shows nothing. */
function sparkline(values: readonly number[]): string {
  const most = Math.max(...values);
  if (values.length < 2 || most === 0) return "";
  const spark = (value: number) => SPARKS[Math.round((value / most) * (SPARKS.length - 1))] ?? "";
  return values.map(spark).join("");
}

/** The value below which a share (0–1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
}
