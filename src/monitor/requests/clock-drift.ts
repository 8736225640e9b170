/** Of the clock, which is corrected by little all the time, ms. */
export const MAX_DRIFT_MS = 1_000;
