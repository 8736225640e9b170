/** Keeps to what the other side takes, so that it need not say so. */
export interface Pace {
  isFree(channelId: number): boolean;
  /** @param paceMs how long it is left alone from now on. */
  noteSent(channelId: number, paceMs: number): void;
}

/** @param monotonicClock ms. */
export function createPace(monotonicClock: () => number): Pace {
  const freeAt = new Map<number, number>();
  return {
    isFree: (channelId) => (freeAt.get(channelId) ?? 0) <= monotonicClock(),
    noteSent: (channelId, paceMs) => void freeAt.set(channelId, monotonicClock() + paceMs),
  };
}
