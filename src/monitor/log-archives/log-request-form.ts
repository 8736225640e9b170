import { textFields } from "../forms/fields.ts";
import { readLocalTime } from "../viewer/local-time.ts";
import { LAST_MINUTE_MS, type Preset, presetPeriod } from "./presets.ts";

export const DEFAULT_MEGABYTES = 100;
export const MAX_MEGABYTES = 10_000;
const MEGABYTE = 1024 * 1024;
export const LOG_REQUEST_FIELDS = ["from", "to", "maxMegabytes"] as const;

export type LogRequestField = (typeof LOG_REQUEST_FIELDS)[number];
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
export type ReadLogRequest =
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
