const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;
/** Day 0 of Excel, which counts a 29th of February 1900 that never was. */
const DAY_ZERO = Date.UTC(1899, 11, 30);
/** No zone changes its clock within a quarter of an hour. */
const QUARTER_MS = 15 * 60_000;

/**
 * Excel knows no time zones: a date is the days since 1900 on the clock of whoever looks.
 * @returns a function that gives that number, to the second, for a time zone.
 */
export function createSerialDates(timeZone: string): (date: Date) => number {
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const offsets = new Map<number, number>();

  return (date) => {
    const at = date.getTime();
    const quarter = Math.floor(at / QUARTER_MS);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      offset = offsetAt(quarter * QUARTER_MS);
      offsets.set(quarter, offset);
    }
    const shown = Math.floor((at + offset) / SECOND_MS) * SECOND_MS;
    return (shown - DAY_ZERO) / DAY_MS;
  };

  function offsetAt(at: number): number {
    const shown = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, day, hour, minute, second) - at;
  }
}
