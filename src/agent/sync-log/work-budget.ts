/** Limits the processor time of something that can stop in between. */
export interface WorkBudget {
  /** Does a piece of the work, which counts alone: what others do meanwhile in this thread does not. */
  spend<T>(work: () => T): T;
  /** Can be asked within a piece too. */
  isSpent(): boolean;
}

const ASKED_EVERY_MS = 2;

/** @param milliseconds processor time of this thread, so that a busy machine spends none of it. */
export function createWorkBudget(milliseconds: number): WorkBudget {
  let spentMs = 0;
  let begun: NodeJS.CpuUsage | null = null;
  let askedAt = 0;

  function spentSoFar(): number {
    if (begun === null) return spentMs;
    const { user, system } = process.threadCpuUsage(begun);
    return spentMs + (user + system) / 1000;
  }

  return {
    spend(work) {
      begun = process.threadCpuUsage();
      try {
        return work();
      } finally {
        spentMs = spentSoFar();
        begun = null;
      }
    },
    isSpent() {
      // The system takes longer to answer than a line does to read.
      const now = performance.now();
      if (begun !== null && now - askedAt < ASKED_EVERY_MS) return false;
      askedAt = now;
      return spentSoFar() >= milliseconds;
    },
  };
}
