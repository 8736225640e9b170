import type { Pattern } from "../../protocol/pattern.ts";

const HOUR_MS = 60 * 60_000;

export type LogTimeParser = (text: string, now: number) => number | null;

/**
 * Makes a function that reads the time of a log line as ms UTC; null when the line has none.
 * @param utcOffsetMinutes zone of the log's clock; null = the system's zone.
 */
export function createLogTimeParser(pattern: Pattern, utcOffsetMinutes: number | null): LogTimeParser {
  return (text, now) => {
    const groups = pattern.exec(text)?.groups;
    if (!groups) return null;
    const field = (name: string) => Number(groups[name] ?? 0);
    const [year, month, day] = [field("year"), field("month"), field("day")];
    const [hour, minute, second] = [field("hour"), field("minute"), field("second")];
    const millisecond = Math.round(Number(`0.${groups.millisecond ?? 0}`) * 1000);
    const isValid =
      month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second <= 60;
    if (!isValid) return null;
    if (utcOffsetMinutes !== null) {
      return Date.UTC(year, month - 1, day, hour, minute, second, millisecond) - utcOffsetMinutes * 60_000;
    }
    return resolveLocalTime(new Date(year, month - 1, day, hour, minute, second, millisecond), now);
  };
}

/** When clocks are set back an hour happens twice: the later one counts, unless it is still to come. */
function resolveLocalTime(first: Date, now: number): number {
  const second = new Date(first.getTime() + HOUR_MS);
  const happensTwice = second.getHours() === first.getHours() && second.getDate() === first.getDate();
  return happensTwice && second.getTime() <= now ? second.getTime() : first.getTime();
}
