export type Random = ReturnType<typeof seededRandom>;

/** The generator mulberry32, so that every start of the demo is the same. */
export function seededRandom(seed: number) {
  let state = seed >>> 0;

  /** From 0 up to, but not including, 1. */
  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Both limits included. */
  function integer(min: number, max: number): number {
    return min + Math.floor(fraction() * (max - min + 1));
  }

  function pick<T>(items: readonly T[]): T {
    const item = items[integer(0, items.length - 1)];
    if (item === undefined) throw new RangeError("Cannot pick from an empty list");
    return item;
  }

  return { fraction, integer, pick };
}
