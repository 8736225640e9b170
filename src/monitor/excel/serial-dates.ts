import { Temporal } from "temporal-polyfill";

const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;
/** Day 0 of Excel, which counts a 29th of February 1900 that never was. */
const DAY_ZERO = Date.UTC(1899, 11, 30);

/** Between two changes of the clock, ms UTC. */
interface Span {
  from: number;
  until: number;
  offsetMs: number;
}

/**
 * For Excel a date is the days since 1900 by a local clock without a zone.
 * @returns a function that gives this number, exact to the second.
 */
export function createSerialDates(timeZone: string): (date: Date) => number {
  // Hundreds of thousands of dates share few changes of the clock.
  const spans: Span[] = [];

  return (date) => {
    const at = date.getTime();
    let span = spans.find(({ from, until }) => from <= at && at < until);
    if (!span) {
      span = spanAt(at, timeZone);
      spans.push(span);
    }
    const shown = Math.floor((at + span.offsetMs) / SECOND_MS) * SECOND_MS;
    return (shown - DAY_ZERO) / DAY_MS;
  };
}

function spanAt(at: number, timeZone: string): Span {
  const moment = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
  return {
    from: moment(at + 1).getTimeZoneTransition("previous")?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    until: moment(at).getTimeZoneTransition("next")?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: moment(at).offsetNanoseconds / 1e6,
  };
}
