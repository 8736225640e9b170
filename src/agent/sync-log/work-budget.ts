const ASKED_EVERY_MS = 2;

export type WorkBudget = ReturnType<typeof createWorkBudget>;

/** Limits the processor time of work that can stop in between. @param milliseconds processor time of this thread: a busy machine does not shorten it. */
export function createWorkBudget(milliseconds: number) {
  let spentMs = 0;
  let begun: NodeJS.CpuUsage | null = null;
  let askedAt = 0;

  function spentSoFar(): number {
    if (begun === null) return spentMs;
    const { user, system } = process.threadCpuUsage(begun);
    return spentMs + (user + system) / 1000;
  }

  return {
    /** Does a piece of the work; only its time counts, not that of other work in this thread. */
    spend<T>(work: () => T): T {
      begun = process.threadCpuUsage();
      try {
        return work();
      } finally {
        spentMs = spentSoFar();
        begun = null;
      }
    },
    /** Can be asked within a piece too. */
    isSpent(): boolean {
      // Asking the system takes longer than reading a line.
      const now = performance.now();
      if (begun !== null && now - askedAt < ASKED_EVERY_MS) return false;
      askedAt = now;
      return spentSoFar() >= milliseconds;
    },
  };
}
