import { lineKey } from "./line-key.ts";
import type { PreparedLine } from "./prepared-log.ts";

/** How many entries may alternate, such as «начат» and «завершён» of an exchange. */
const MAX_PERIOD = 4;
/** How many repeats below the first make a fold. */
const MIN_REPEATS = 2;

export type Row = { kind: "line"; line: PreparedLine } | FoldRow;

/** Lines of entries that only repeat the entries right above them. */
export interface FoldRow {
  kind: "fold";
  lines: [PreparedLine, ...PreparedLine[]];
  entries: number;
}

/** A line with the lines that belong to it. */
interface Entry {
  lines: PreparedLine[];
  key: number;
}

/** Folds equal entries in a row, also alternating ones. Lines before the first entry are entries of their own. */
export function foldLines(lines: readonly PreparedLine[]): Row[] {
  const entries = entriesOf(lines);
  const rows: Row[] = [];
  let index = 0;
  while (index < entries.length) {
    const { period, repeats } = runAt(entries, index);
    const rest = index + period;
    for (const entry of entries.slice(index, rest)) {
      rows.push(...entry.lines.map((line) => ({ kind: "line", line }) as const));
    }
    index = rest + period * repeats;
    const repeated = entries.slice(rest, index);
    const [first, ...others] = repeated.flatMap(({ lines }) => lines);
    if (first) rows.push({ kind: "fold", lines: [first, ...others], entries: repeated.length });
  }
  return rows;
}

function entriesOf(lines: readonly PreparedLine[]): Entry[] {
  const entries: Entry[] = [];
  let hasHead = false;
  for (const line of lines) {
    const entry = entries.at(-1);
    hasHead ||= line.isHead;
    if (line.isHead || !hasHead || !entry) {
      entries.push({ lines: [line], key: lineKey(line.text) });
      continue;
    }
    entry.lines.push(line);
    entry.key = lineKey(line.text, entry.key);
  }
  return entries;
}

function runAt(entries: readonly Entry[], from: number): { period: number; repeats: number } {
  for (let period = 1; period <= MAX_PERIOD; period++) {
    let equal = 0;
    while (isRepeated(entries, from + equal, period)) equal++;
    const repeats = Math.floor(equal / period);
    if (repeats >= MIN_REPEATS) return { period, repeats };
  }
  return { period: 1, repeats: 0 };
}

function isRepeated(entries: readonly Entry[], index: number, period: number): boolean {
  const repeat = entries[index + period];
  return repeat !== undefined && repeat.key === entries[index]?.key;
}
