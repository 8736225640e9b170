import { type AgeWords, EXACT_FROM_MS, formatAge } from "../../public/js/age.js";
import { AGE_WORDS, type Language } from "./language.ts";

const MINUTE_MS = 60_000;
const SECOND_UNITS = { hour: 3_600, minute: 60, second: 1 } as const;
const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** An age as it is shown; `at` is given only for those that are shown exactly, since only these are stable. */
export interface ShownAge {
  text: string;
  at: { iso: string; text: string } | null;
}

/** Formats times, ages and numbers for one language and time zone. */
export interface Format {
  ageWords: AgeWords;
  /** `24.11 11:02`; with the year when it is not the year of `now`. */
  time(at: number, now: number): string;
  /** `13:29:05`, or with its date when it is not today's. */
  moment(at: number, now: number): string;
  /** `13:29`, or with its date when it is not today's. */
  clock(at: number, now: number): string;
  /** `24.12`; with the year when it is not the year of `now`. */
  day(at: number, now: number): string;
  age(at: number, now: number): ShownAge;
  /** `4 мин`, `2 ч 5 мин`: at least one minute. */
  duration(ms: number): string;
  /** `48 с`, `1 мин 5 с`, `2 ч 5 мин`: the two largest units. */
  elapsed(ms: number): string;
  number(value: number): string;
  /** `212 МБ`: in steps of 1024, with at most one decimal. */
  bytes(value: number): string;
}

export function createFormat(language: Language, timeZone: string): Format {
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
  const seconds = new Intl.DateTimeFormat("en-GB", { timeZone, second: "2-digit" });
  const units = Object.entries(SECOND_UNITS).map(([unit, size]) => ({
    size,
    format: new Intl.NumberFormat(language, { style: "unit", unit }),
  }));
  const numbers = new Intl.NumberFormat(language);
  const byteFormats = BYTE_UNITS.map(
    (unit) => new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }),
  );

  function split(at: number): Record<string, string> {
    return Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
  }

  function day(at: number, now: number): string {
    const { year, month, day } = split(at);
    const isThisYear = year === split(now).year;
    return `${day}.${month}${isThisYear ? "" : `.${year}`}`;
  }

  function time(at: number, now: number): string {
    const { hour, minute } = split(at);
    return `${day(at, now)} ${hour}:${minute}`;
  }

  function clock(at: number, now: number): string {
    const [shown, today] = [split(at), split(now)];
    const isToday = shown.day === today.day && shown.month === today.month && shown.year === today.year;
    return isToday ? `${shown.hour}:${shown.minute}` : time(at, now);
  }

  return {
    ageWords,
    day,
    time,
    clock,
    moment: (at, now) => `${clock(at, now)}:${seconds.format(at).padStart(2, "0")}`,
    age(at, now) {
      const ageMs = now - at;
      const isExact = ageMs >= EXACT_FROM_MS;
      return {
        text: formatAge(ageMs, ageWords),
        at: isExact ? { iso: new Date(at).toISOString(), text: time(at, now) } : null,
      };
    },
    duration(ms) {
      const minutes = Math.max(Math.round(ms / MINUTE_MS), 1);
      const hours = Math.floor(minutes / 60);
      const rest = minutes % 60;
      const texts = [];
      if (hours > 0) texts.push(`${numbers.format(hours)}\u00A0${ageWords.hour}`);
      if (rest > 0) texts.push(`${rest}\u00A0${ageWords.minute}`);
      return texts.join(" ");
    },
    elapsed(ms) {
      let rest = Math.round(ms / 1000);
      const texts = [];
      for (const { size, format } of units) {
        const count = Math.floor(rest / size);
        rest -= count * size;
        if (count > 0) texts.push(format.format(count));
      }
      return texts.slice(0, 2).join(" ") || units.at(-1)?.format.format(0) || "";
    },
    number: (value) => numbers.format(value),
    bytes(value) {
      const step = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), byteFormats.length - 1);
      return byteFormats[step]?.format(value / 1024 ** step) ?? numbers.format(value);
    },
  };
}
