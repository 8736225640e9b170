/** By so much the clock of a POS server may be wrong. */
export const CLOCK_TOLERANCE_MS = 2 * 60_000;
