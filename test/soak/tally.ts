/** What was done, and what was wrong. */
export interface Tally {
  problems: string[];
  /** Where the pages are of what was accepted: `/database-resets/12`. */
  accepted: Set<string>;
  count(what: string): void;
  /** `12 pages, 3 kills of the monitor` */
  inWords(): string;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    problems: [],
    accepted: new Set(),
    count(what) {
      counts.set(what, (counts.get(what) ?? 0) + 1);
    },
    inWords: () => [...counts].map(([what, count]) => `${count} ${what}`).join(", "),
  };
}
