import { open } from "node:fs/promises";
import type { Fold } from "./find-runs.ts";
import { FOLD_BYTES, readFoldRecords } from "./fold-records.ts";
import type { FoldsOf } from "./prepared-format.ts";
import { blockAt, blockOfLine, type PreparedLog } from "./prepared-log.ts";

const READ_AT_ONCE = 128;

export interface FoldReader {
  /** The first fold that ends at this line or after it. */
  atOrAfter(line: number): Promise<Fold | null>;
  /** The last fold that begins at this line or before it. */
  atOrBefore(line: number): Promise<Fold | null>;
}

export async function withFolds<Result>(
  log: PreparedLog,
  of: FoldsOf,
  use: (folds: FoldReader) => Promise<Result>,
): Promise<Result> {
  const count = log.summary.folds[of];
  if (count === 0) return await use({ atOrAfter: async () => null, atOrBefore: async () => null });
  const handle = await open(log.foldsFiles[of], "r");
  let portion: { number: number; folds: Fold[] } | null = null;

  async function foldAt(index: number): Promise<Fold | null> {
    const number = Math.floor(index / READ_AT_ONCE);
    if (portion?.number !== number) {
      const first = number * READ_AT_ONCE;
      const buffer = Buffer.alloc((Math.min(first + READ_AT_ONCE, count) - first) * FOLD_BYTES);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, first * FOLD_BYTES);
      if (bytesRead < buffer.length) throw new Error(`${log.foldsFiles[of]} is shorter than its index says`);
      portion = { number, folds: readFoldRecords(buffer) };
    }
    return portion.folds[index % READ_AT_ONCE] ?? null;
  }

  /** Searches in growing steps from the folds before the line's block, since it is rarely far. */
  async function indexAtOrAfter(line: number): Promise<number> {
    const endsBefore = async (index: number) => ((await foldAt(index))?.lastLine ?? line) < line;
    let low = blockAt(log, blockOfLine(log, line)).foldsBefore[of];
    let high = low;
    for (let step = 1; high < count && (await endsBefore(high)); step *= 2) {
      low = high + 1;
      high = Math.min(high + step, count);
    }
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (await endsBefore(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  try {
    return await use({
      async atOrAfter(line) {
        const index = await indexAtOrAfter(line);
        return index < count ? await foldAt(index) : null;
      },
      async atOrBefore(line) {
        const index = await indexAtOrAfter(line);
        const fold = index < count ? await foldAt(index) : null;
        if (fold && fold.firstLine <= line) return fold;
        return index > 0 ? await foldAt(index - 1) : null;
      },
    });
  } finally {
    await handle.close();
  }
}

export async function foldAround(folds: FoldReader, line: number): Promise<Fold | null> {
  const fold = await folds.atOrAfter(line);
  return fold && fold.firstLine <= line ? fold : null;
}

export interface Shown {
  isFolded: boolean;
  onlyErrors: boolean;
  /** A line whose fold is open. */
  open: number | null;
}

export function isAround({ firstLine, lastLine }: Fold, line: number | null): boolean {
  return line !== null && firstLine <= line && line <= lastLine;
}
