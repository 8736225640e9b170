import { Temporal } from "temporal-polyfill";
import { DAY_MS, SECOND_MS } from "../../protocol/time-units.ts";

/** Day 0 of Excel, which counts a 29th of February 1900 that never was. */
const DAY_ZERO = Date.UTC(1899, 11, 30);

/**
 * For Excel a date is the days since 1900 by a local clock without a zone.
 * @returns a function that gives this number, exact to the second.
 */
export function createSerialDates(timeZone: string): (date: Date) => number {
  // Hundreds of thousands of dates share few changes of the clock.
  const spans: ReturnType<typeof spanAt>[] = [];
  return (date) => {
    const at = date.getTime();
    const known = spans.find(({ from, until }) => from <= at && at < until);
    const span = known ?? spanAt(at, timeZone);
    if (!known) spans.push(span);
    return (Math.floor((at + span.offsetMs) / SECOND_MS) * SECOND_MS - DAY_ZERO) / DAY_MS;
  };
}

/** The time between two changes of the clock, ms UTC. */
function spanAt(at: number, timeZone: string) {
  const moment = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
  return {
    from: moment(at + 1).getTimeZoneTransition("previous")?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    until: moment(at).getTimeZoneTransition("next")?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: moment(at).offsetNanoseconds / 1e6,
  };
}
