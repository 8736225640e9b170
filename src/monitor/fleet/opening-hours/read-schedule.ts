import { Temporal } from "temporal-polyfill";
import {
  DAY_MINUTES,
  type PlannedWorks,
  type SingleSpan,
  WEEKDAYS,
  type Weekday,
  type WeeklySpan,
} from "./schedule.ts";

export const SCHEDULE_LIMITS = { characters: 3_000, spans: 60 } as const;

export type ScheduleProblem =
  | { code: "not_understood" | "ends_before_it_begins" | "already_over"; part: string }
  | { code: "too_long" };

const DAY_WORDS: readonly (readonly string[])[] = [
  ["пн", "понедельник", "mon", "mo", "monday"],
  ["вт", "вторник", "tue", "tu", "tuesday"],
  ["ср", "среда", "wed", "we", "wednesday"],
  ["чт", "четверг", "thu", "th", "thursday"],
  ["пт", "пятница", "fri", "fr", "friday"],
  ["сб", "суббота", "sat", "sa", "saturday"],
  ["вс", "воскресенье", "sun", "su", "sunday"],
];
const GROUPS: readonly (readonly [words: readonly string[], days: readonly Weekday[]])[] = [
  [["", "ежедневно", "каждый день", "daily", "every day"], WEEKDAYS],
  [
    ["будни", "по будням", "weekdays"],
    [1, 2, 3, 4, 5],
  ],
  [
    ["выходные", "по выходным", "weekends"],
    [6, 7],
  ],
];
const AROUND_THE_CLOCK = ["24/7", "круглосуточно", "around the clock", "24 часа"];
const CLOSED = ["выходной", "закрыто", "закрыт", "closed", "off"];

/** «с 10 до 22» */
const FROM_TO = /(^|\s)с\s+(\d[\d:.]*)\s+до\s+(?=\d)/gu;
const DASH = /\s*[-–—−]\s*/;
const TIME = /^(\d{1,2})(?:[:.](\d{2}))?$/;
const WEEKLY = /^(\D*?)\s*(\d{1,2}(?:[:.]\d{2})?\s*[-–—−].*)$/u;
const DATE = String.raw`(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?`;
const CLOCK = String.raw`(\d{1,2})[:.](\d{2})`;
const ONCE = new RegExp(`^${DATE}\\s+${CLOCK}\\s*[-–—−]\\s*(?:${DATE}\\s+)?${CLOCK}$`, "u");

/** In planned works this is part of a date, not a time of day. */
const HAS_DATE = /\d\.\d/;
/** A past date without a year means next year if that is nearer than this. */
const NEXT_YEAR_WITHIN_DAYS = 183;

type Read<Result> = { ok: true; value: Result } | { ok: false; problem: ScheduleProblem };

/**
 * Reads opening hours as people write them: `пн–пт 10:00–23:00; сб, вс 11:00–02:00`, in Russian or English, parts
 * separated by semicolons or lines. Spans may end on the next day; days not named are closed.
 * @returns null for an empty text.
 */
export function readHours(text: string): Read<WeeklySpan[] | null> {
  if (!AROUND_THE_CLOCK.includes(plain(text))) return readParts(text, (part) => readWeekly(part, CLOSED));
  return { ok: true, value: WEEKDAYS.map((weekday) => ({ weekday, from: 0, to: DAY_MINUTES })) };
}

/**
 * Reads planned works: weekly `вт 03:00–05:00`, or once `01.12.2026 22:00–02:00`.
 * @param now ms UTC, for dates without a year.
 */
export function readWorks(text: string, timeZone: string, now: number): Read<PlannedWorks> {
  const present = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDateTime();
  const once: SingleSpan[] = [];
  const weekly = readParts(text, (part) => {
    const single = readOnce(part, present);
    if (single === null) return HAS_DATE.test(part) ? { code: "not_understood", part } : readWeekly(part, []);
    if ("code" in single) return single;
    once.push(single);
    return [];
  });
  if (!weekly.ok) return weekly;
  once.sort((one, other) => (one.from < other.from ? -1 : 1));
  return { ok: true, value: { weekly: weekly.value ?? [], once } };
}

function readParts(
  text: string,
  read: (part: string) => WeeklySpan[] | ScheduleProblem,
): Read<WeeklySpan[] | null> {
  if (text.length > SCHEDULE_LIMITS.characters) return { ok: false, problem: { code: "too_long" } };
  const parts = text.split(/[;\n]/).map((part) => part.replace(/\s+/g, " ").trim());
  const spans: WeeklySpan[] = [];
  const given = parts.filter((part) => part !== "");
  for (const part of given) {
    const found = read(part);
    if (!Array.isArray(found)) return { ok: false, problem: found };
    spans.push(...found);
  }
  if (Math.max(spans.length, given.length) > SCHEDULE_LIMITS.spans)
    return { ok: false, problem: { code: "too_long" } };
  if (given.length > 0 && spans.length === 0 && !given.some((part) => ONCE.test(part)))
    return { ok: false, problem: { code: "not_understood", part: given.join("; ") } };
  spans.sort((one, other) => one.weekday - other.weekday || one.from - other.from);
  return { ok: true, value: given.length === 0 ? null : spans };
}

/** `пн–пт 10:00–14:00, 15:00–23:00`, `10–22`, `вс выходной`. */
function readWeekly(part: string, closed: readonly string[]): WeeklySpan[] | ScheduleProblem {
  const unknown = { code: "not_understood", part } as const;
  const words = plain(part).replace(FROM_TO, "$1$2-");
  const closing = closed.find((word) => words.endsWith(` ${word}`));
  if (closing) return readDays(words.slice(0, -closing.length)) ? [] : unknown;
  const [, dayText = "", timeText = ""] = WEEKLY.exec(words) ?? [];
  const days = timeText === "" ? null : readDays(dayText);
  const times = timeText.split(",").map((time) => readTimes(time.trim()));
  if (days === null || times.some((time) => time === null)) return unknown;
  return days.flatMap((weekday) => times.flatMap((time) => (time ? [{ weekday, ...time }] : [])));
}

/** `пн–пт`, `сб, вс`, `будни`; empty = every day. */
function readDays(text: string): Weekday[] | null {
  const words = text.replace(/[,:\s]+$/, "").trim();
  const group = GROUPS.find(([names]) => names.includes(words));
  if (group) return [...group[1]];
  const days = new Set<Weekday>();
  for (const item of words.split(/\s*(?:,|\sи\s|\sand\s)\s*/)) {
    const ends = item.split(DASH).map(dayOf);
    const [first, last = first] = ends;
    if (ends.length > 2 || !first || !last) return null;
    for (let day = first; ; day = ((day % WEEKDAYS.length) + 1) as Weekday) {
      days.add(day);
      if (day === last) break;
    }
  }
  return [...days];
}

function dayOf(word: string): Weekday | null {
  const index = DAY_WORDS.findIndex((words) => words.includes(word.replace(/\.$/, "").trim()));
  return WEEKDAYS[index] ?? null;
}

function readTimes(text: string): { from: number; to: number } | null {
  const [from, to, ...more] = text.split(DASH).map(minutesOf);
  if (from == null || to == null || more.length > 0 || from === DAY_MINUTES) return null;
  // Equal times could mean a whole day or nothing; midnight is clear.
  if (from === to && from !== 0) return null;
  return { from, to: to <= from ? to + DAY_MINUTES : to };
}

function minutesOf(text: string): number | null {
  const [, hours = "", minutes = "0"] = TIME.exec(text.trim()) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  return hours === "" || Number(minutes) > 59 || total > DAY_MINUTES ? null : total;
}

/** @returns null for a part that does not begin with a date. */
function readOnce(part: string, present: Temporal.PlainDateTime): SingleSpan | ScheduleProblem | null {
  const found = ONCE.exec(part);
  if (!found) return null;
  const [day, month, year, hour, minute, toDay, toMonth, toYear, toHour, toMinute] = found
    .slice(1)
    .map((text) => (text === undefined ? undefined : Number(text)));
  try {
    const beginsOn = dateOf(day, month, year, present.toPlainDate());
    const from = beginsOn.toPlainDateTime(timeOf(hour, minute));
    const endsOn = toDay === undefined ? beginsOn : dateOf(toDay, toMonth, toYear, beginsOn);
    const to = endsOn.toPlainDateTime(timeOf(toHour, toMinute));
    const isOver = Temporal.PlainDateTime.compare(to, from) <= 0;
    if (isOver && toDay !== undefined) return { code: "ends_before_it_begins", part };
    const end = isOver ? to.add({ days: 1 }) : to;
    if (Temporal.PlainDateTime.compare(end, present) <= 0) return { code: "already_over", part };
    return { from: written(from), to: written(end) };
  } catch (error) {
    if (error instanceof RangeError) return { code: "not_understood", part };
    throw error;
  }
}

/** Without a year: the next such date that is near. @throws RangeError when there is no such date. */
function dateOf(day = 0, month = 0, year: number | undefined, notBefore: Temporal.PlainDate) {
  const at = (inYear: number) =>
    Temporal.PlainDate.from({ year: inYear, month, day }, { overflow: "reject" });
  if (year !== undefined) return at(year);
  const [thisYear, nextYear] = [at(notBefore.year), at(notBefore.year + 1)];
  const isOver = Temporal.PlainDate.compare(thisYear, notBefore) < 0;
  return isOver && notBefore.until(nextYear).days <= NEXT_YEAR_WITHIN_DAYS ? nextYear : thisYear;
}

function timeOf(hour = 0, minute = 0) {
  return Temporal.PlainTime.from({ hour, minute }, { overflow: "reject" });
}

function written(time: Temporal.PlainDateTime): string {
  return time.toString({ smallestUnit: "minute" });
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim().toLowerCase();
}
