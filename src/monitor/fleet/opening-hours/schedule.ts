import { Temporal } from "temporal-polyfill";
import { DAY_MS } from "../../../protocol/time-units.ts";
import { joinOverlapping, overlapsOf, type TimeSpan, withoutSpan } from "../time-spans.ts";

/** Monday = 1 … Sunday = 7, as in ISO 8601. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;
export const WEEKDAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
/** Keys of the catalogs, Monday first. */
export const WEEKDAY_NAMES = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export const DAY_MINUTES = 24 * 60;

/** Minutes since midnight of its day; past 1,440 it ends on the next day. */
export interface WeeklySpan {
  weekday: Weekday;
  from: number;
  to: number;
}

/** In local time: `2026-12-01T22:00`. */
export interface SingleSpan {
  from: string;
  to: string;
}

/** When a restaurant is open, and when works are planned in it, in local time. */
export interface Schedule {
  /** IANA name, such as `Europe/Moscow`. */
  timeZone: string;
  /** null = around the clock. */
  hours: readonly WeeklySpan[] | null;
  works: PlannedWorks;
}

export interface PlannedWorks {
  weekly: readonly WeeklySpan[];
  once: readonly SingleSpan[];
}

export const NO_WORKS: PlannedWorks = { weekly: [], once: [] };

export type ClosedFor = "hours" | "works";

/** What a schedule says about one time; all in ms UTC. */
export interface Closing {
  /** null = it is open. */
  closedFor: ClosedFor | null;
  /** When it opens, whatever closes it until then; null while it is open. */
  closedUntil: number | null;
  /** This holds until then at least; null = for ever. */
  validUntil: number | null;
}

/** How far it looks ahead at once: more than a week. */
const AHEAD_DAYS = 8;
const AHEAD_MS = AHEAD_DAYS * DAY_MS;

export function closingAt(schedule: Schedule, now: number): Closing {
  let look = lookAhead(schedule, now);
  const closedFor = look.closedForAt(now);
  if (closedFor === null) {
    const closes = look.edges.find((edge) => look.closedForAt(edge) !== null);
    return { closedFor, closedUntil: null, validUntil: closes ?? look.againAt };
  }
  let validUntil: number | null = null;
  for (;;) {
    for (const edge of look.edges) {
      const then = look.closedForAt(edge);
      if (then === closedFor) continue;
      validUntil ??= edge;
      if (then === null) return { closedFor, closedUntil: edge, validUntil };
    }
    if (look.lastsUntil === null) break;
    look = lookAhead(schedule, look.lastsUntil);
  }
  // It does not open within the days looked at.
  const closedUntil = now + AHEAD_MS;
  return { closedFor, closedUntil, validUntil: validUntil ?? closedUntil };
}

function lookAhead({ timeZone, hours, works }: Schedule, from: number) {
  const end = from + AHEAD_MS;
  const open = hours && spansOfWeek(hours, timeZone, from);
  const weekly = spansOfWeek(works.weekly, timeZone, from);
  const once = spansOnce(works, timeZone);
  const working = [...weekly, ...once];
  const edges = [...(open ?? []), ...working].flatMap((span) => [span.from, span.to]);
  const hasMore = weekly.length > 0 || once.some((span) => span.from > from);
  return {
    closedForAt(at: number): ClosedFor | null {
      if (isWithin(working, at)) return "works";
      return open !== null && !isWithin(open, at) ? "hours" : null;
    },
    edges: edges.filter((edge) => edge >= from && edge <= end).sort((one, other) => one - other),
    /** When works end that go on beyond these days; null = none. */
    lastsUntil: once.find((span) => span.from <= end && end < span.to)?.to ?? null,
    /** When to look again if it stays open; null = never. */
    againAt: hours !== null || hasMore ? end : null,
  };
}

function spansOnce({ once }: PlannedWorks, timeZone: string): TimeSpan[] {
  return once.map(({ from, to }) => ({
    from: momentOf(Temporal.PlainDateTime.from(from), timeZone),
    to: momentOf(Temporal.PlainDateTime.from(to), timeZone),
  }));
}

/** When a restaurant is open within a span of time, without planned works; oldest first. */
export function openSpans({ timeZone, hours, works }: Schedule, { from, to }: TimeSpan): TimeSpan[] {
  const days = Math.ceil((to - from) / DAY_MS) + 1;
  const open = hours ? joinOverlapping(inOrder(spansOfWeek(hours, timeZone, from, days))) : [{ from, to }];
  const closed = [...spansOfWeek(works.weekly, timeZone, from, days), ...spansOnce(works, timeZone)];
  const opened = closed.reduce<TimeSpan[]>(withoutSpan, open);
  return overlapsOf(opened, [{ from, to }], (_open, _whole, span) => span);
}

function inOrder(spans: readonly TimeSpan[]): TimeSpan[] {
  return spans.toSorted((one, other) => one.from - other.from);
}

function isWithin(spans: readonly TimeSpan[], at: number): boolean {
  return spans.some(({ from, to }) => from <= at && at < to);
}

/** From the day before, whose spans may still last. */
function spansOfWeek(
  weekly: readonly WeeklySpan[],
  timeZone: string,
  at: number,
  days = AHEAD_DAYS,
): TimeSpan[] {
  if (weekly.length === 0) return [];
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
  const spans: TimeSpan[] = [];
  for (let day = -1; day <= days; day++) {
    const date = today.add({ days: day });
    const midnight = date.toPlainDateTime();
    for (const { from, to } of weekly.filter(({ weekday }) => weekday === date.dayOfWeek)) {
      spans.push({
        from: momentOf(midnight.add({ minutes: from }), timeZone),
        to: momentOf(midnight.add({ minutes: to }), timeZone),
      });
    }
  }
  return spans;
}

/** When this local time comes first, ms UTC; where clocks skip it, a later one. */
export function momentOf(local: Temporal.PlainDateTime, timeZone: string): number {
  const moment = local.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  if (moment.toPlainDateTime().equals(local)) return moment.epochMilliseconds;
  return (moment.getTimeZoneTransition("next") ?? moment).epochMilliseconds;
}

/** Planned works that are not over at `now` (ms UTC). */
export function upcomingWorks(works: PlannedWorks, timeZone: string, now: number): PlannedWorks {
  const isToCome = ({ to }: SingleSpan) => momentOf(Temporal.PlainDateTime.from(to), timeZone) > now;
  return { ...works, once: works.once.filter(isToCome) };
}
