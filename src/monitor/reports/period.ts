import { Temporal } from "temporal-polyfill";
import type { TimeSpan } from "../fleet/time-spans.ts";
import { dayEnd, dayStart, readDay } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** A bar for each; a quarter of a year. */
const MOST_DAYS = 92;
const FIRST_MONTH = "2000-01";
const MONTH = /^\d{4}-\d{2}$/;

/** Days `YYYY-MM-DD` of the viewer's calendar, both part of it. */
export interface Period {
  from: string;
  to: string;
}

export type PeriodProblem = "notUnderstood" | "future" | "reversed" | "tooLong";

/** The month `YYYY-MM`; null when there is none such, or it has not begun. */
export function readMonth(text: string, today: string): Period | null {
  if (!MONTH.test(text) || text < FIRST_MONTH || text > today.slice(0, 7)) return null;
  const first = readDay(`${text}-01`);
  return first === null ? null : monthOf(first);
}

export function monthOf(day: string): Period {
  const date = Temporal.PlainDate.from(day);
  const [first, last] = [date.with({ day: 1 }), date.with({ day: date.daysInMonth })];
  return { from: first.toString(), to: last.toString() };
}

/** Monday to Sunday before a day. */
export function weekBefore(today: string): Period {
  const date = Temporal.PlainDate.from(today);
  const monday = date.subtract({ days: date.dayOfWeek - 1 + 7 });
  return { from: monday.toString(), to: monday.add({ days: 6 }).toString() };
}

/** As two fields have them. */
export function readPeriod(fromText: string, toText: string, today: string): Period | PeriodProblem {
  const [from, to] = [readDay(fromText), readDay(toText)];
  if (from === null || to === null || from < `${FIRST_MONTH}-01`) return "notUnderstood";
  if (from > to) return "reversed";
  if (to > today) return "future";
  return daysOf({ from, to }) > MOST_DAYS ? "tooLong" : { from, to };
}

export function isMonth(period: Period): boolean {
  return monthOf(period.from).from === period.from && monthOf(period.from).to === period.to;
}

/** The month before or after, or as many days right before or after. */
export function neighbourOf(period: Period, step: -1 | 1): Period {
  const from = Temporal.PlainDate.from(period.from);
  if (isMonth(period)) return monthOf(from.add({ months: step }).toString());
  const days = step * daysOf(period);
  const to = Temporal.PlainDate.from(period.to);
  return { from: from.add({ days }).toString(), to: to.add({ days }).toString() };
}

/** The bounds of its days in the viewer's time zone, ms UTC, up to `now`; and the period before. */
export function boundsOf(period: Period, timeZone: string, now: number) {
  const starts = listDays(period).map((day) => dayStart(day, timeZone));
  const bounds = [...starts.filter((start) => start < now), Math.min(dayEnd(period.to, timeZone), now)];
  const earlier = neighbourOf(period, -1);
  const before: TimeSpan = {
    from: dayStart(earlier.from, timeZone),
    to: dayEnd(earlier.to, timeZone),
  };
  return { bounds, before };
}

export function listDays({ from, to }: Period): string[] {
  const first = Temporal.PlainDate.from(from);
  return Array.from({ length: daysOf({ from, to }) }, (_, index) => first.add({ days: index }).toString());
}

/** «Ноябрь 2026», «1 – 15 ноября 2026». */
export function periodInWords({ language }: Pick<Viewer, "language">, period: Period): string {
  const [from, to] = [period.from, period.to].map((day) => Date.parse(`${day}T00:00Z`)) as [number, number];
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
  if (!isMonth(period)) {
    const range = format({ day: "numeric", month: "long", year: "numeric" }).formatRange(from, to);
    return range.replace(/\s*г\.$/, "");
  }
  const month = format({ month: "long" }).format(from);
  return `${month.slice(0, 1).toUpperCase()}${month.slice(1)} ${period.from.slice(0, 4)}`;
}

function daysOf({ from, to }: Period): number {
  return Temporal.PlainDate.from(from).until(to).days + 1;
}
