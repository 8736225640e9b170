/** Longer times are shortened. */
export const MAX_RETRY_AFTER_MS = 60 * 60_000;
const SECONDS = /^\d{1,9}$/;

/** Seconds, or a time by the `Date` of the other side, else by `now` (ms UTC). @returns ms, an hour at most, or null. */
export function readRetryAfter(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): number | null {
  const value = headers["retry-after"];
  if (typeof value !== "string" || value === "") return null;
  const sentAt = Date.parse(String(headers.date));
  const waitMs = SECONDS.test(value)
    ? Number(value) * 1_000
    : Date.parse(value) - (Number.isNaN(sentAt) ? now : sentAt);
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, waitMs), MAX_RETRY_AFTER_MS);
}
