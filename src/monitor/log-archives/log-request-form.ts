import { type StaticDecode, Type } from "typebox";
import { DAY_MS } from "../../protocol/time-units.ts";
import { readForm, Text } from "../forms/fields.ts";
import { dayStart, readLocalTime, writeLocalTime } from "../viewer/local-time.ts";

/** A period ends with the last moment of its last minute. */
const LAST_MINUTE_MS = 60_000 - 1;
/** A form filled in within this time still counts as having the period of its preset. */
const FILLED_IN_FOR_MS = 15 * 60_000;

/** Periods to choose by one press; `custom` is whatever is typed. */
export const PRESETS = ["lastDay", "today", "yesterday", "lastThreeDays", "week", "custom"] as const;
export type Preset = (typeof PRESETS)[number];
const DEFAULT_PRESET: Preset = "lastDay";

export const DEFAULT_MEGABYTES = 100;
export const MAX_MEGABYTES = 10_000;
export const MEGABYTE = 1024 * 1024;

const LogRequestForm = Type.Object({ from: Text, to: Text, maxMegabytes: Text });
const PresetQuery = Type.Object({ preset: Text, ...LogRequestForm.properties });

export type LogRequestValues = StaticDecode<typeof LogRequestForm>;
/** Keys of the catalogs by field. */
export type LogRequestProblems = Partial<Record<keyof LogRequestValues, string>>;

/** A period, in ms UTC with both ends included, and the cap. */
export interface WantedLogs {
  fromAt: number;
  toAt: number;
  maxBytes: number;
}

type ReadLogRequest =
  | { values: LogRequestValues; problems: null; wanted: WantedLogs }
  | { values: LogRequestValues; problems: LogRequestProblems; wanted: null };

interface ReadPeriod {
  problems: LogRequestProblems;
  /** Null when there are problems. */
  period: Pick<WantedLogs, "fromAt" | "toAt"> | null;
}

/** @returns the preset that was pressed with its period, and the cap typed so far; a custom period stays. */
export function readPreset(
  query: unknown,
  timeZone: string,
  now: number,
): { preset: Preset; values: LogRequestValues } {
  const { preset: pressed, from, to, maxMegabytes } = readForm(PresetQuery, query);
  const preset = PRESETS.find((known) => known === pressed) ?? DEFAULT_PRESET;
  const isKept = preset === "custom" && from !== "" && to !== "";
  const period = isKept ? { from, to } : presetPeriod(preset, timeZone, now);
  return { preset, values: { ...period, maxMegabytes: maxMegabytes || String(DEFAULT_MEGABYTES) } };
}

/** Reads the period, in the viewer's zone, and the cap. */
export function readLogRequest(body: unknown, timeZone: string, now: number): ReadLogRequest {
  const values = readForm(LogRequestForm, body);
  const { period, ...read } = readPeriod(values, timeZone, now);
  const megabytes = readMegabytes(values.maxMegabytes);
  const problems = {
    ...read.problems,
    ...(megabytes === null && { maxMegabytes: problem("megabytes") }),
  };
  if (period === null || megabytes === null) return { values, problems, wanted: null };
  return { values, problems: null, wanted: { ...period, maxBytes: megabytes * MEGABYTE } };
}

export function readPeriod(
  { from, to }: Pick<LogRequestValues, "from" | "to">,
  timeZone: string,
  now: number,
): ReadPeriod {
  const fromAt = readLocalTime(from, timeZone, "first");
  const lastMinute = readLocalTime(to, timeZone, "last");
  const problemOf = (text: string) => (text.trim() === "" ? "form.required" : problem("time"));
  const problems = {
    ...(fromAt === null && { from: problemOf(from) }),
    ...(lastMinute === null && { to: problemOf(to) }),
  };
  if (fromAt === null || lastMinute === null) return { problems, period: null };
  return periodOf(fromAt, lastMinute, now);
}

/** Of whole minutes (ms UTC), the last of which counts. A period that reaches into the future ends now. */
export function periodOf(fromAt: number, lastMinute: number, now: number): ReadPeriod {
  const problems = {
    ...(fromAt > now && { from: problem("future") }),
    ...(fromAt > lastMinute && { to: problem("order") }),
  };
  if (Object.keys(problems).length > 0) return { problems, period: null };
  const toAt = Math.min(lastMinute, now - (now % (LAST_MINUTE_MS + 1))) + LAST_MINUTE_MS;
  return { problems, period: { fromAt, toAt } };
}

function readMegabytes(text: string): number | null {
  const value = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= MAX_MEGABYTES ? value : null;
}

function problem(name: string): string {
  return `logRequest.problem.${name}`;
}

/** In days of the viewer's zone; the last days include today. */
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
