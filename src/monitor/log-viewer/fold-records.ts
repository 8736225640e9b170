import { closeSync, openSync, writeSync } from "node:fs";
import { LEVELS } from "../../protocol/log-head.ts";
import type { Fold } from "./find-runs.ts";

/** The values of `Fold`, in its order. */
const FOLD_NUMBERS = 7;
export const FOLD_BYTES = FOLD_NUMBERS * Float64Array.BYTES_PER_ELEMENT;
const KEPT_BACK = 512;

export function createFoldWriter(path: string) {
  const file = openSync(path, "wx", 0o600);
  const numbers = new Float64Array(KEPT_BACK * FOLD_NUMBERS);
  let count = 0;
  let kept = 0;

  function flush(): void {
    let rest = new Uint8Array(numbers.buffer, 0, kept * FOLD_BYTES);
    while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
    kept = 0;
  }

  return {
    add({ firstLine, lastLine, repeats, firstTime, lastTime, level, isExchanges }: Fold): void {
      const times = [firstTime ?? Number.NaN, lastTime ?? Number.NaN];
      const values = [firstLine, lastLine, repeats, ...times, LEVELS.indexOf(level), Number(isExchanges)];
      numbers.set(values, kept * FOLD_NUMBERS);
      count++;
      kept++;
      if (kept === KEPT_BACK) flush();
    },
    count: () => count,
    close(): void {
      try {
        flush();
      } finally {
        closeSync(file);
      }
    },
  };
}

export function readFoldRecords(bytes: Buffer): Fold[] {
  const numbers = new Float64Array(new Uint8Array(bytes).buffer);
  return Array.from({ length: numbers.length / FOLD_NUMBERS }, (_, index) => {
    const [firstLine = 0, lastLine = 0, repeats = 0, firstTime = 0, lastTime = 0, level = 0, isExchanges] =
      numbers.subarray(index * FOLD_NUMBERS, (index + 1) * FOLD_NUMBERS);
    return {
      firstLine,
      lastLine,
      repeats,
      firstTime: timeOrNull(firstTime),
      lastTime: timeOrNull(lastTime),
      level: LEVELS[level] ?? "none",
      isExchanges: isExchanges === 1,
    };
  });
}

function timeOrNull(time: number): number | null {
  return Number.isNaN(time) ? null : time;
}
