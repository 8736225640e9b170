const LOCAL_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2}(?:\.\d{1,3})?)?$/;
const FIRST_YEAR = 1970;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Which moment is meant where the clock was turned back and shows a time twice. */
export type Occurrence = "first" | "last";

/**
 * Reads what a `datetime-local` field sends, to the minute, in a time zone. A time that the clock skipped is as much
 * later as it skipped.
 * @returns ms UTC, or null when it is no time (from 1970 on).
 */
export function readLocalTime(text: string, timeZone: string, occurrence: Occurrence): number | null {
  const [, ...parts] = (LOCAL_TIME.exec(text) ?? []).map(Number);
  const [year, month, day, hour, minute] = parts;
  if (!year || !month || !day || hour === undefined || minute === undefined || year < FIRST_YEAR) return null;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute);
  const written = text.slice(0, "YYYY-MM-DDTHH:mm".length);
  if (!new Date(asUtc).toISOString().startsWith(written)) return null;

  const before = asUtc - offsetMs(asUtc - DAY_MS, timeZone);
  const after = asUtc - offsetMs(asUtc + DAY_MS, timeZone);
  const [first, last] = [before, after]
    .filter((at) => writeLocalTime(at, timeZone) === written)
    .sort((one, other) => one - other);
  return (occurrence === "first" ? first : (last ?? first)) ?? before;
}

/** Writes a moment (ms UTC) as a `datetime-local` field shows it in a time zone: `2026-11-24T13:43`. */
export function writeLocalTime(at: number, timeZone: string): string {
  const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  return new Date(minute + offsetMs(minute, timeZone)).toISOString().slice(0, "YYYY-MM-DDTHH:mm".length);
}

/** How far the clocks of a time zone are ahead of UTC. */
function offsetMs(at: number, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(at);
  const [year, month, day, hour, minute, second] = parts
    .filter(({ type }) => type !== "literal")
    .map(({ value }) => Number(value));
  const shown = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return shown - Math.floor(at / 1_000) * 1_000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat("en-CA", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
  clocks.set(timeZone, clock);
  return clock;
}
