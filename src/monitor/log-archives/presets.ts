import { dayStart } from "../viewer/local-days.ts";
import { writeLocalTime } from "../viewer/local-time.ts";

/** A period ends with the last moment of its last minute. */
export const LAST_MINUTE_MS = 60_000 - 1;
const DAY_MS = 86_400_000;
/** A form that was filled in for so long still shows the period of its preset. */
const FILLED_IN_FOR_MS = 15 * 60_000;

/** The periods that one press chooses; `custom` is whatever is typed. */
export const PRESETS = ["lastDay", "today", "yesterday", "lastThreeDays", "week", "custom"] as const;
export type Preset = (typeof PRESETS)[number];
export const DEFAULT_PRESET: Preset = "lastDay";

/** A period as the fields of the form show it. */
export interface ShownPeriod {
  from: string;
  to: string;
}

export function isPreset(text: unknown): text is Preset {
  return PRESETS.some((preset) => preset === text);
}

/** The period of a preset: days are the viewer's, the last ones include today. */
export function presetPeriod(preset: Preset, timeZone: string, now: number): ShownPeriod {
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
export function presetOf({ from, to }: ShownPeriod, timeZone: string, now: number): Preset {
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
