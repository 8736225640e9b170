/**
 * Divides the places of a runner: slow rows have places of their own, or are guests in common ones while nobody needs
 * these.
 * @param running the rows that are worked on, in the order of their beginning.
 */
export function createSlowPlaces(
  { places, slowPlaces }: { places: number; slowPlaces: number },
  running: ReadonlyMap<number, unknown>,
) {
  const slow = new Set<number>();

  return {
    /** @returns false when it was known. */
    noteSlow(id: number): boolean {
      if (slow.has(id)) return false;
      slow.add(id);
      return true;
    },
    isSlow: (id: number) => slow.has(id),
    hasPlaceFor(id: number): boolean {
      const slowCount = listSlow().length;
      if (slow.has(id)) return slowCount < slowPlaces;
      return running.size - Math.min(slowCount, slowPlaces) < places;
    },
    /** Slow rows in common places, the newest first, since they lose least. */
    guests: () => listSlow().slice(slowPlaces).reverse(),
    /** Forgets rows that are neither worked on nor waiting. */
    keepOnly(waiting: readonly number[]): void {
      for (const id of slow) if (!running.has(id) && !waiting.includes(id)) slow.delete(id);
    },
  };

  function listSlow(): number[] {
    return [...running.keys()].filter((id) => slow.has(id));
  }
}
