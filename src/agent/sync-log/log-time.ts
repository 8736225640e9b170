import { readWrittenTime, type WrittenTime } from "../../protocol/log-head.ts";
import type { Pattern } from "../../protocol/pattern.ts";
import { DAY_MS, HOUR_MS } from "../../protocol/time-units.ts";
import type { FoundFile } from "../files/find-files.ts";

/** A clock may be slightly ahead of the file's time. */
const FILE_TIME_TOLERANCE_MS = 2 * 60_000;
const DATE_IN_NAME = /(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)/u;

/** The time of a line, ms UTC; null when it has none. @param now decides about an hour that happens twice. */
export type LogTimeParser = (text: string, now: number) => number | null;

/** Gives the day of a time without a date. */
export type TimedFile = Pick<FoundFile, "name" | "createdAt" | "modifiedAt">;

/**
 * @param own is tried first; has groups from `year` to `second`, and `millisecond`.
 * @param utcOffsetMinutes null = the system's zone.
 */
export function createLogTimeParser(
  own: Pattern | null,
  utcOffsetMinutes: number | null,
): (file: TimedFile) => LogTimeParser {
  const utcOf = ({ year, month, day }: NonNullable<WrittenTime["date"]>, clock: number, now: number) =>
    utcOffsetMinutes === null
      ? resolveLocalTime(new Date(year, month - 1, day, 0, 0, 0, clock), now)
      : Date.UTC(year, month - 1, day) + clock - utcOffsetMinutes * 60_000;

  function dayOf(at: number): NonNullable<WrittenTime["date"]> {
    const offset = utcOffsetMinutes ?? -new Date(at).getTimezoneOffset();
    const local = new Date(at + offset * 60_000);
    return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
  }

  /** null for a file that was written over several days and has no date in its name. */
  function withDay(clock: number, { name, createdAt, modifiedAt }: TimedFile, now: number): number | null {
    const [, year, month, day] = DATE_IN_NAME.exec(name) ?? [];
    if (year !== undefined)
      return utcOf({ year: Number(year), month: Number(month), day: Number(day) }, clock, now);
    if (modifiedAt - createdAt > DAY_MS) return null;
    const at = utcOf(dayOf(modifiedAt), clock, now);
    return at <= modifiedAt + FILE_TIME_TOLERANCE_MS ? at : utcOf(dayOf(modifiedAt - DAY_MS), clock, now);
  }

  return (file) => (text, now) => {
    const time = (own && readWrittenTime(text, own)) ?? readWrittenTime(text);
    if (!time) return null;
    if (time.date === null) return withDay(time.clock, file, now);
    if (time.offsetMinutes === null) return utcOf(time.date, time.clock, now);
    const { year, month, day } = time.date;
    return Date.UTC(year, month - 1, day) + time.clock - time.offsetMinutes * 60_000;
  };
}

/** When clocks are set back an hour happens twice: the later one counts, unless it is still to come. */
function resolveLocalTime(first: Date, now: number): number {
  const second = new Date(first.getTime() + HOUR_MS);
  const happensTwice = second.getHours() === first.getHours() && second.getDate() === first.getDate();
  return happensTwice && second.getTime() <= now ? second.getTime() : first.getTime();
}
