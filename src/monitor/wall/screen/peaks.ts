/** Follows a number that begins at 0 and changes: how high it was at most at one moment of each of its parts. */
export interface Peaks {
  /** What changes at the same moment does so at once. @param at not before the last one. @param part from 0 on. */
  change(at: number, part: number, change: number): void;
  all(): number[];
}

export function createPeaks(parts: number): Peaks {
  const peaks: number[] = [];
  let level = 0;
  let changedAt: number | null = null;

  /** What lasts into a part counts in it. */
  function enter(part: number): void {
    while (peaks.length <= part) peaks.push(level);
  }

  function settle(): void {
    const last = peaks.length - 1;
    peaks[last] = Math.max(peaks[last] ?? level, level);
  }

  return {
    change(at, part, change) {
      if (at !== changedAt && changedAt !== null) settle();
      changedAt = at;
      enter(part);
      level += change;
    },
    all() {
      if (changedAt !== null) settle();
      enter(parts - 1);
      return peaks;
    },
  };
}
