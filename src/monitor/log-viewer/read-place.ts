import type { LogSummary } from "./prepared-format.ts";

const LINE = /^\d{1,15}$/;
const CLOCK = "(?<hour>\\d{1,2}):(?<minute>\\d\\d)(?::(?<second>\\d\\d))?(?:[.,]\\d+)?";
const TIMES = [
  new RegExp(`^${CLOCK}$`),
  new RegExp(`^(?<day>\\d{1,2})\\.(?<month>\\d{1,2})(?:\\.(?<year>\\d{4}))?[ T]+${CLOCK}$`),
  new RegExp(`^(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)[ T]+${CLOCK}$`),
];

/** Where somebody wants to go in a log; a time is meant as `EntryHead` has it. */
export type Place = { kind: "line"; line: number } | { kind: "time"; time: number };

/**
 * Reads `1204`, `13:42`, `13:42:10`, `24.11 13:42`, `24.11.2026 13:42` or `2026-11-24 13:42`; what is left out is as at the
 * end of the log. null = it is none of these, or the log has no times.
 */
export function readPlace(text: string, { lastTime }: LogSummary): Place | null {
  if (LINE.test(text)) return { kind: "line", line: Number(text) };
  const groups = TIMES.map((pattern) => pattern.exec(text)?.groups).find(Boolean);
  if (!groups || lastTime === null) return null;
  const end = new Date(lastTime);
  const [year, month, day] = [
    Number(groups.year ?? end.getUTCFullYear()),
    Number(groups.month ?? end.getUTCMonth() + 1),
    Number(groups.day ?? end.getUTCDate()),
  ];
  const [hour, minute, second] = [Number(groups.hour), Number(groups.minute), Number(groups.second ?? 0)];
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(time);
  const isReal = read.getUTCMonth() === month - 1 && read.getUTCDate() === day && hour < 24 && minute < 60;
  return isReal && second < 60 ? { kind: "time", time } : null;
}
