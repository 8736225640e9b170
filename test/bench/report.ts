/** One line of what a benchmark measured. */
export interface Measured {
  what: string;
  value: string;
  /** What is wanted; left out for a figure that is only told. */
  target?: string;
  isMet?: boolean;
}

/** Prints what was measured beside its target. */
export function printReport(title: string, lines: Measured[]): void {
  const rows = lines.map(({ what, value, target = "", isMet }) => [
    isMet === undefined ? " " : isMet ? "✓" : "✗",
    what,
    value,
    target,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const print = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  process.stdout.write(`\n${title}\n${rows.map((row) => `  ${print(row).trimEnd()}\n`).join("")}`);
}

export function atMost(what: string, value: number, target: number, unit: string, digits = 1): Measured {
  const text = `${value.toFixed(digits)} ${unit}`;
  return { what, value: text, target: `≤ ${target} ${unit}`, isMet: value <= target };
}

export function atLeast(what: string, value: number, target: number, unit: string, digits = 1): Measured {
  const text = `${value.toFixed(digits)} ${unit}`;
  return { what, value: text, target: `≥ ${target} ${unit}`, isMet: value >= target };
}

export function told(what: string, value: string): Measured {
  return { what, value };
}

/** The value below which a share (0–1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
}
