/** Limits the processor time of something that can stop in between. */
export interface WorkBudget {
  isSpent(): boolean;
}

/** @param milliseconds processor time of this thread, so that a busy machine spends none of it. */
export function createWorkBudget(milliseconds: number): WorkBudget {
  const before = process.threadCpuUsage();
  return {
    isSpent() {
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1000 >= milliseconds;
    },
  };
}
