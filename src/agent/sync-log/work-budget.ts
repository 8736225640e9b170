/** Limits the processor time of something that can stop in between. */
export interface WorkBudget {
  /** Does a piece of the work, which counts alone: what others do meanwhile in this thread does not. */
  spend<T>(work: () => T): T;
  isSpent(): boolean;
}

/** @param milliseconds processor time of this thread, so that a busy machine spends none of it. */
export function createWorkBudget(milliseconds: number): WorkBudget {
  let spentMs = 0;
  return {
    spend(work) {
      const before = process.threadCpuUsage();
      try {
        return work();
      } finally {
        const { user, system } = process.threadCpuUsage(before);
        spentMs += (user + system) / 1000;
      }
    },
    isSpent: () => spentMs >= milliseconds,
  };
}
