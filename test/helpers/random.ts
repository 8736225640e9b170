export type Random = ReturnType<typeof createRandom>;

/** Chances that are the same in every run with the same seed, of a linear congruential generator. */
export function createRandom(seed: number) {
  let state = seed;
  function next(): number {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  }
  return {
    next,
    chance: (share: number) => next() < share,
    pick: <T>(values: readonly T[]) => values[Math.floor(next() * values.length)],
  };
}
