/** Chances that are the same in every run with the same seed. */
export interface Random {
  /** From 0 up to 1. */
  next(): number;
  chance(share: number): boolean;
  pick<T>(values: readonly T[]): T | undefined;
}

/** A linear congruential generator: what it is needed for needs no better one. */
export function createRandom(seed: number): Random {
  let state = seed;
  function next(): number {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  }
  return {
    next,
    chance: (share) => next() < share,
    pick: (values) => values[Math.floor(next() * values.length)],
  };
}
