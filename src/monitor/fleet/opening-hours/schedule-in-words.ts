import type { Viewer } from "../../viewer/viewer.ts";
import {
  DAY_MINUTES,
  type PlannedWorks,
  WEEKDAY_NAMES,
  WEEKDAYS,
  type Weekday,
  type WeeklySpan,
} from "./schedule.ts";

type Translate = Viewer["t"];

const MONDAY: Weekday = 1;

/** As `readHours` reads it: `пн–пт 10:00–23:00; сб, вс 11:00–02:00`. */
export function hoursInWords(t: Translate, hours: readonly WeeklySpan[]): string {
  const isWholeWeek =
    hours.length === WEEKDAYS.length && hours.every(({ from, to }) => from === 0 && to === DAY_MINUTES);
  return isWholeWeek ? t("openingHours.aroundTheClock") : weekInWords(t, hours);
}

/** As `readWorks` reads it: `вт 03:00–05:00; 01.12.2026 22:00–02:00`. */
export function worksInWords(t: Translate, { weekly, once }: PlannedWorks): string {
  return [weekInWords(t, weekly), ...once.map(onceInWords)].filter((text) => text !== "").join("; ");
}

/** Groups days with the same times, in the order of the first day. */
function weekInWords(t: Translate, spans: readonly WeeklySpan[]): string {
  const daysByTimes = new Map<string, Weekday[]>();
  for (const weekday of WEEKDAYS) {
    const times = spans
      .filter((span) => span.weekday === weekday)
      .map(({ from, to }) => `${clockOfMinutes(from)}–${clockOfMinutes(to)}`)
      .join(", ");
    if (times !== "") daysByTimes.set(times, [...(daysByTimes.get(times) ?? []), weekday]);
  }
  return [...daysByTimes].map(([times, days]) => `${daysInWords(t, days)} ${times}`).join("; ");
}

function daysInWords(t: Translate, days: readonly Weekday[]): string {
  if (days.length === WEEKDAYS.length) return t("openingHours.everyDay");
  const runs: Weekday[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  const name = (day = MONDAY) => t(`openingHours.day.${WEEKDAY_NAMES[day - 1]}`);
  return runs
    .flatMap((run) => (run.length > 2 ? [`${name(run[0])}–${name(run.at(-1))}`] : run.map(name)))
    .join(", ");
}

function onceInWords({ from, to }: { from: string; to: string }): string {
  const [fromDay, fromTime] = parts(from);
  const [toDay, toTime] = parts(to);
  const isShort = fromDay === toDay || Date.parse(`${to}Z`) - Date.parse(`${from}Z`) < DAY_MINUTES * 60_000;
  return isShort ? `${fromDay} ${fromTime}–${toTime}` : `${fromDay} ${fromTime} – ${toDay} ${toTime}`;
}

/** `2026-12-01T22:00` → `01.12.2026` and `22:00`. */
function parts(local: string): [string, string] {
  const [day = "", time = ""] = local.split("T");
  return [day.split("-").reverse().join("."), time];
}

/** Minutes past 24:00 belong to the next day. */
export function clockOfMinutes(minutes: number): string {
  const shown = minutes > DAY_MINUTES ? minutes - DAY_MINUTES : minutes;
  return `${String(Math.floor(shown / 60)).padStart(2, "0")}:${String(shown % 60).padStart(2, "0")}`;
}
