import { textFields } from "../forms/fields.ts";
import { dayStart } from "../viewer/local-days.ts";
import { readLocalTime, writeLocalTime } from "../viewer/local-time.ts";

/** A period ends with the last moment of its last minute. */
const LAST_MINUTE_MS = 60_000 - 1;
const DAY_MS = 86_400_000;
/** A form that was filled in for so long still shows the period of its preset. */
const FILLED_IN_FOR_MS = 15 * 60_000;

/** The periods that one press chooses; `custom` is whatever is typed. */
export const PRESETS = ["lastDay", "today", "yesterday", "lastThreeDays", "week", "custom"] as const;
export const DEFAULT_MEGABYTES = 100;
export const MAX_MEGABYTES = 10_000;
const MEGABYTE = 1024 * 1024;
export const LOG_REQUEST_FIELDS = ["from", "to", "maxMegabytes"] as const;

type LogRequestField = (typeof LOG_REQUEST_FIELDS)[number];
export type LogRequestValues = Record<LogRequestField, string>;
/** Keys of the catalogs by field. */
export type LogRequestProblems = Partial<Record<LogRequestField, string>>;

/** What is asked for: times in ms UTC, both within the period. */
export interface WantedLogs {
  fromAt: number;
  toAt: number;
  maxBytes: number;
}

/** A form as it was typed, with either what it asks for or what is wrong with it. */
type ReadLogRequest =
  | { values: LogRequestValues; problems: null; wanted: WantedLogs }
  | { values: LogRequestValues; problems: LogRequestProblems; wanted: null };

/** The fields that a press on a preset gives: its period, and the cap that was typed; one's own period stays. */
export function valuesOfPreset(
  preset: Preset,
  query: unknown,
  timeZone: string,
  now: number,
): LogRequestValues {
  const { from, to, maxMegabytes } = textFields(query, LOG_REQUEST_FIELDS);
  const isKept = preset === "custom" && from !== "" && to !== "";
  return {
    ...(isKept ? { from, to } : presetPeriod(preset, timeZone, now)),
    maxMegabytes: maxMegabytes || String(DEFAULT_MEGABYTES),
  };
}

/** Reads the period, in the viewer's zone, and the cap. A period that goes on into the future ends now. */
export function readLogRequest(body: unknown, timeZone: string, now: number): ReadLogRequest {
  const values = textFields(body, LOG_REQUEST_FIELDS);
  const fromAt = readLocalTime(values.from, timeZone, "first");
  const lastMinute = readLocalTime(values.to, timeZone, "last");
  const megabytes = readMegabytes(values.maxMegabytes);
  const problems: LogRequestProblems = {
    ...(values.from.trim() === "" ? { from: "form.required" } : fromAt === null && { from: problem("time") }),
    ...(values.to.trim() === "" ? { to: "form.required" } : lastMinute === null && { to: problem("time") }),
    ...(fromAt !== null && fromAt > now && { from: problem("future") }),
    ...(fromAt !== null && lastMinute !== null && fromAt > lastMinute && { to: problem("order") }),
    ...(megabytes === null && { maxMegabytes: problem("megabytes") }),
  };
  if (fromAt === null || lastMinute === null || megabytes === null || Object.keys(problems).length > 0) {
    return { values, problems, wanted: null };
  }
  const toAt = Math.min(lastMinute, now - (now % (LAST_MINUTE_MS + 1))) + LAST_MINUTE_MS;
  return { values, problems: null, wanted: { fromAt, toAt, maxBytes: megabytes * MEGABYTE } };
}

function readMegabytes(text: string): number | null {
  const value = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= MAX_MEGABYTES ? value : null;
}

function problem(name: string): string {
  return `logRequest.problem.${name}`;
}

export type Preset = (typeof PRESETS)[number];
export const DEFAULT_PRESET: Preset = "lastDay";

export function isPreset(text: unknown): text is Preset {
  return PRESETS.some((preset) => preset === text);
}

/** The period of a preset: days are the viewer's, the last ones include today. */
function presetPeriod(preset: Preset, timeZone: string, now: number) {
  const written = (at: number) => writeLocalTime(at, timeZone);
  const today = written(now).slice(0, "YYYY-MM-DD".length);
  const startOf = (daysAgo: number) => dayStart(dayBefore(today, daysAgo), timeZone);
  if (preset === "today") return { from: written(startOf(0)), to: written(now) };
  if (preset === "yesterday") return { from: written(startOf(1)), to: written(startOf(0) - 1) };
  if (preset === "lastThreeDays") return { from: written(startOf(2)), to: written(now) };
  if (preset === "week") return { from: written(startOf(6)), to: written(now) };
  return { from: written(now - DAY_MS), to: written(now) };
}

/** The preset whose period was sent. */
export function presetOf({ from, to }: LogRequestValues, timeZone: string, now: number): Preset {
  const isSent = (preset: Preset) => {
    const period = presetPeriod(preset, timeZone, now);
    return isNear(from, period.from) && isNear(to, period.to);
  };
  return PRESETS.find(isSent) ?? "custom";
}

function isNear(one: string, other: string): boolean {
  return Math.abs(Date.parse(`${one}Z`) - Date.parse(`${other}Z`)) <= FILLED_IN_FOR_MS;
}

function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, "YYYY-MM-DD".length);
}
