import { LRUCache } from "lru-cache";
import { type AgeWords, EXACT_FROM_MS, formatAge, formatDuration } from "../../../public/js/parts/age.js";
import { MINUTE_MS } from "../../protocol/time-units.ts";
import { AGE_WORDS, type Language } from "./language.ts";

const MAX_SPLITS = 1_000;
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** An age as it is shown; `at` only where it is shown exactly, since others change meanwhile. */
export class ShownAge<At = { iso: string; text: string } | null> {
  readonly text: string;
  readonly at: At;

  constructor(text: string, at: At) {
    this.text = text;
    this.at = at;
  }

  /** An exact age is the same while the browser counts it on. */
  toJSON() {
    return this.at ?? this.text;
  }
}

export type Format = ReturnType<typeof createFormat>;

/** Formats times, ages and numbers for one language and time zone. */
export function createFormat(language: Language, timeZone: string) {
  const words = AGE_WORDS[language];
  const ageWords: AgeWords = { ...words, language, steps: [words.steps[0] ?? "", words.steps[1] ?? ""] };
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  // Taking a time apart costs more than all else in a row, and rows have many times of the same minutes.
  const splits = new LRUCache<number, Record<string, string>>({ max: MAX_SPLITS });
  const longDays = new Intl.DateTimeFormat(language, { timeZone, day: "numeric", month: "long" });
  const longDaysOfYears = new Intl.DateTimeFormat(language, { timeZone, dateStyle: "long" });
  const seconds = new Intl.DateTimeFormat("en-GB", { timeZone, second: "2-digit" });
  const unitFormat = (unit: string) => new Intl.NumberFormat(language, { style: "unit", unit });
  const units = { hour: unitFormat("hour"), minute: unitFormat("minute"), second: unitFormat("second") };
  const numbers = new Intl.NumberFormat(language);
  const percentFormat = (maximumFractionDigits: number, minimumFractionDigits = 0) =>
    new Intl.NumberFormat(language, {
      style: "percent",
      maximumFractionDigits,
      minimumFractionDigits,
      roundingMode: "floor",
    });
  const [percents, wholePercents, exactPercents] = [percentFormat(1), percentFormat(0), percentFormat(1, 1)];
  const byteFormats = BYTE_UNITS.map(
    (unit) => new Intl.NumberFormat(language, { ...inUnit(unit), maximumFractionDigits: 1 }),
  );

  function split(at: number): Record<string, string> {
    const minute = Math.floor(at / MINUTE_MS);
    const known = splits.get(minute);
    if (known) return known;
    const made = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
    splits.set(minute, made);
    return made;
  }

  /** `24.12`; with the year when it is not the year of `now`. */
  function day(at: number, now: number): string {
    const { year, month, day } = split(at);
    const isThisYear = year === split(now).year;
    return `${day}.${month}${isThisYear ? "" : `.${year}`}`;
  }

  /** `24.11 11:02`; with the year when it is not the year of `now`. */
  function time(at: number, now: number): string {
    const { hour, minute } = split(at);
    return `${day(at, now)} ${hour}:${minute}`;
  }

  /** `13:29`, or with its date when it is not today's. */
  function clock(at: number, now: number): string {
    const [shown, today] = [split(at), split(now)];
    const isToday = shown.day === today.day && shown.month === today.month && shown.year === today.year;
    return isToday ? `${shown.hour}:${shown.minute}` : time(at, now);
  }

  function withSeconds(text: string, at: number): string {
    return `${text}:${seconds.format(at).padStart(2, "0")}`;
  }

  return {
    ageWords,
    day,
    /** `24 декабря`, with no line break; with the year when it is not the year of `now`. */
    longDay(at: number, now: number): string {
      const isThisYear = split(at).year === split(now).year;
      return (isThisYear ? longDays : longDaysOfYears).format(at).replaceAll(" ", "\u00A0");
    },
    time,
    /** For a `time` element. */
    stamp,
    clock,
    /** `24.11 13:29:05`; with the year when it is not the year of `now`. */
    second: (at: number, now: number): string => withSeconds(time(at, now), at),
    /** `13:29:05`, or with its date when it is not today's. */
    moment: (at: number, now: number): string => withSeconds(clock(at, now), at),
    /** How long ago it was: in steps below ten minutes. */
    age(at: number, now: number): ShownAge {
      const ageMs = now - at;
      return new ShownAge(formatAge(ageMs, ageWords), ageMs >= EXACT_FROM_MS ? stamp(at, now) : null);
    },
    /** How long it has lasted, where it stands alone: `только что`, `15 мин`, `2 ч 43 мин`, `1 день 4 ч`, `12 дней`. */
    lasted: (since: number, now: number) =>
      new ShownAge(formatDuration(now - since, ageWords), stamp(since, now)),
    /** The same from one moment to another, or in a sentence: below a minute `48 с`. */
    span: (from: number, to: number): string =>
      to - from < MINUTE_MS ? elapsed(Math.max(to - from, 0)) : formatDuration(to - from, ageWords),
    /** `48 с`, `4 мин`, `2 ч 5 мин`: seconds below a minute only. */
    duration(ms: number): string {
      if (ms < MINUTE_MS) return elapsed(ms);
      const minutes = Math.round(ms / MINUTE_MS);
      const hours = Math.floor(minutes / 60);
      const rest = minutes % 60;
      const texts = [];
      if (hours > 0) texts.push(`${numbers.format(hours)}\u00A0${ageWords.hour}`);
      if (rest > 0) texts.push(`${rest}\u00A0${ageWords.minute}`);
      return texts.join(" ");
    },
    elapsed,
    number: (value: number): string => numbers.format(value),
    /** `98,9 %`, rounded down: only what is whole is 100 %. */
    percent: (share: number): string => percents.format(share),
    /** `97,0 %`, for columns; rounded down as well. */
    exactPercent: (share: number): string => (share === 1 ? percents : exactPercents).format(share),
    /** `98 %`, rounded down as well. */
    wholePercent: (share: number): string => wholePercents.format(share),
    /** `212 МБ`: in steps of 1024, with at most one decimal. */
    bytes(value: number): string {
      const step = byteStep(value);
      return byteFormats[step]?.format(value / 1024 ** step) ?? numbers.format(value);
    },
    /** `41,2` and `64,0 МБ`: both in the unit of the whole, always with the same number of decimals. */
    bytesOf(part: number, whole: number): { part: string; whole: string } {
      const step = byteStep(whole);
      const decimals = step === 0 ? 0 : 1;
      const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
      const unit = inUnit(BYTE_UNITS[step] ?? "byte");
      const write = (value: number, options: Intl.NumberFormatOptions) =>
        new Intl.NumberFormat(language, { ...options, ...digits }).format(value / 1024 ** step);
      return { part: write(part, {}), whole: write(whole, unit) };
    },
  };

  function stamp(at: number, now: number) {
    return { iso: `${new Date(at).toISOString().slice(0, -5)}Z`, text: time(at, now) };
  }

  /** `48 с`, `1 мин 5 с`, `2 ч 5 мин`: seconds below an hour only. */
  function elapsed(ms: number): string {
    const total = Math.round(ms / 1000);
    const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
    const texts = [];
    if (hours > 0) texts.push(units.hour.format(hours));
    if (minutes > 0) texts.push(units.minute.format(minutes));
    if (hours === 0 && (minutes === 0 || total % 60 > 0)) texts.push(units.second.format(total % 60));
    return texts.join(" ");
  }
}

/** Bytes are written out, as their short form is the same for one and for many in some languages. */
function inUnit(unit: (typeof BYTE_UNITS)[number]) {
  return { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short" } as const;
}

function byteStep(value: number): number {
  const step = BYTE_UNITS.findIndex((_, index) => Math.round(value / 1024 ** index) < 1000);
  return step < 0 ? BYTE_UNITS.length - 1 : step;
}
