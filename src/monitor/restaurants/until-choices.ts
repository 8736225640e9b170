import { Temporal } from "temporal-polyfill";
import { HOUR_MS, MINUTE_MS } from "../../protocol/time-units.ts";

const DEFAULT_HOURS = 2;
/** Full hours after the default one. */
const LATER_HOURS = [1, 2, 4];
const MORNING = { hour: 9 };
/** A morning sooner than this is not offered. */
const NIGHT_HOURS = 3;

interface UntilChoice {
  kind: "hour" | "clock" | "endOfDay" | "morning";
  /** `hour` (from the sending on), or a time as `2026-11-24T12:00Z`. */
  value: string;
  /** ms UTC. */
  at: number;
  isDefault: boolean;
}

/** Choices at `now` (ms UTC) in a time zone, soonest first: an hour, full hours of the day, its end, the morning. */
export function untilChoices(now: number, timeZone: string): UntilChoice[] {
  const zoned = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const usual = zoned.add({ hours: DEFAULT_HOURS }).round("hour");
  const endOfDay = zoned.add({ days: 1 }).startOfDay();
  const isToday = (time: Temporal.ZonedDateTime) => Temporal.ZonedDateTime.compare(time, endOfDay) < 0;
  const later = LATER_HOURS.map((hours) => usual.add({ hours })).filter(isToday);
  const morning = nextMorning(zoned);
  const choices: UntilChoice[] = [
    { kind: "hour", value: "hour", at: inAnHour(now), isDefault: false },
    { ...choice("clock", usual), isDefault: true },
    ...later.map((time) => choice("clock", time)),
    { ...choice("endOfDay", endOfDay), isDefault: endOfDay.equals(usual) },
    ...(morning.since(zoned).total("hours") >= NIGHT_HOURS ? [choice("morning", morning)] : []),
  ];
  const ahead = choices.filter(({ kind, at }) => kind === "hour" || at > inAnHour(now));
  // Of equal times the last one says most, such as the end of the day.
  const byTime = new Map(ahead.map((one) => [one.at, one]));
  return [...byTime.values()].sort((one, other) => one.at - other.at);
}

/** The time that is offered first, ms UTC. */
export function usualUntil(now: number, timeZone: string): number {
  return untilChoices(now, timeZone).find(({ isDefault }) => isDefault)?.at ?? inAnHour(now);
}

/** As ms UTC at `now`; null when the form sent no such format. */
export function readUntil(text: string, now: number): number | null {
  if (text === "hour") return inAnHour(now);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** @param endsAt null = what was sent is no time. @param maxMs how far ahead it may be. @returns null when it is right. */
export function findEndProblem(
  endsAt: number | null,
  maxMs: number,
  now: number,
): "time" | "past" | "tooFar" | null {
  if (endsAt === null) return "time";
  if (endsAt <= now) return "past";
  return endsAt > now + maxMs ? "tooFar" : null;
}

/** As the form sends it, to the minute. */
export function writeUntil(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

function inAnHour(now: number): number {
  return Math.ceil((now + HOUR_MS) / MINUTE_MS) * MINUTE_MS;
}

function choice(kind: UntilChoice["kind"], { epochMilliseconds: at }: Temporal.ZonedDateTime): UntilChoice {
  return { kind, value: writeUntil(at), at, isDefault: false };
}

function nextMorning(now: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  const today = now.startOfDay().with(MORNING);
  return Temporal.ZonedDateTime.compare(today, now) > 0 ? today : today.add({ days: 1 });
}
