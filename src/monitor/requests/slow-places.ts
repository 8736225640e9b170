/** How many rows are worked on at once, and how many more of those that turned out to be slow. */
export interface PlaceCounts {
  places: number;
  slowPlaces: number;
}

/** Who has a place: a slow row leaves its own to the others, or keeps it as a guest as long as nobody needs it. */
export interface SlowPlaces {
  /** @returns false when that is known. */
  noteSlow(id: number): boolean;
  isSlow(id: number): boolean;
  hasPlaceFor(id: number): boolean;
  /** The slow rows beyond the places for such: those that began last, so have least to lose, first. */
  guests(): number[];
  /** Forgets the rows that are neither worked on nor among those that wait. */
  keepOnly(waiting: readonly number[]): void;
}

/** @param running the rows that are worked on, in the order in which they began. */
export function createSlowPlaces(
  { places, slowPlaces }: PlaceCounts,
  running: ReadonlyMap<number, unknown>,
): SlowPlaces {
  const slow = new Set<number>();

  return {
    noteSlow(id) {
      if (slow.has(id)) return false;
      slow.add(id);
      return true;
    },
    isSlow: (id) => slow.has(id),
    hasPlaceFor(id) {
      const slowCount = listSlow().length;
      if (slow.has(id)) return slowCount < slowPlaces;
      return running.size - Math.min(slowCount, slowPlaces) < places;
    },
    guests: () => listSlow().slice(slowPlaces).reverse(),
    keepOnly(waiting) {
      for (const id of slow) if (!running.has(id) && !waiting.includes(id)) slow.delete(id);
    },
  };

  function listSlow(): number[] {
    return [...running.keys()].filter((id) => slow.has(id));
  }
}
