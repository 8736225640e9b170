import type { Pattern } from "./pattern.ts";
import { DAY_MS } from "./time-units.ts";

/** By severity; `none` without a known format. The log viewer's index stores positions in this list. */
export const LEVELS = ["none", "trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Level = (typeof LEVELS)[number];

/** The first line of an entry; lines below it, such as a stack trace, belong to it. */
export interface EntryHead {
  level: Level;
  /** By the clock of the POS server as if it were UTC, ms; null when the line has no time, or one without a date. */
  time: number | null;
}

export interface WrittenTime {
  /** null when only the time of day is written. */
  date: { year: number; month: number; day: number } | null;
  /** ms since midnight. */
  clock: number;
  /** Ahead of UTC; null when not written. */
  offsetMinutes: number | null;
}

const WORDS_BY_LEVEL = {
  trace: "TRACE VERBOSE VRB",
  debug: "DEBUG DBG DEBU ОТЛАДКА",
  info: "INFO INFORMATION INF NOTICE ИНФО ИНФОРМАЦИЯ",
  warn: "WARN WARNING WRN ПРЕДУПРЕЖДЕНИЕ",
  error: "ERROR ERR ERRO SEVERE ОШИБКА",
  fatal: "FATAL FTL FATA CRITICAL",
} as const;
const LEVELS_BY_WORD = new Map<string, Level>();
for (const [level, words] of Object.entries(WORDS_BY_LEVEL) as [Level, string][])
  for (const word of words.split(" ")) LEVELS_BY_WORD.set(word, level);
const LEVEL_WORD = [...LEVELS_BY_WORD.keys()].join("|");
/** Only right after a time, and alone. */
const LEVEL_LETTER = "[TDIWEF](?=[ \\]|:])";
const SMALL_LEVEL_WORD = LEVEL_WORD.split("|")
  .flatMap((word) => [word.toLowerCase(), `${word[0]}${word.slice(1).toLowerCase()}`])
  .join("|");
const DATES = [
  "(?<year>\\d{4})[-./](?<month>\\d\\d?)[-./](?<day>\\d\\d?)",
  "(?<day2>\\d\\d?)[-./](?<month2>\\d\\d?)[-./](?<year2>\\d{4}|\\d\\d)",
  "(?<year3>20\\d\\d)(?<month3>\\d\\d)(?<day3>\\d\\d)",
  "(?<month5>[a-z]{3}) {1,2}(?<day5>\\d\\d?)(?:, (?<year5>\\d{4}))?",
  "(?<day4>\\d\\d?)[ -](?<month4>[a-zа-я]{3,8})\\.?[ -](?<year4>\\d{4})",
];
const DATE = `(?:${DATES.join("|")})[T ,_]{1,3}`;
const MONTHS =
  "jan feb mar apr may jun jul aug sep oct nov dec янв фев мар апр мая июн июл авг сен окт ноя дек";
const CLOCK =
  "(?<hour>\\d\\d?):(?<minute>\\d\\d):(?<second>\\d\\d)(?:(?:[.,]|:(?=\\d{3}(?!\\d)))(?<fraction>\\d{1,9}))?(?: (?<half>[AP])M)?(?<offset>Z| ?[+-]\\d\\d:?\\d\\d)?(?!:?\\d)";
/** Seconds or milliseconds since 1970. */
const EPOCH = "(?<epoch>1\\d{9})(?:[.,]?(?<epochFraction>\\d{1,6}))?(?=[\\s|,;\\])])";
/** `[2019-04-05 14:58:52,546] DEBUG [48] — text`, `2019-04-05T14:58:52.546Z ERROR text`, `ERROR 05.04.2019 14:58:52 text`. */
export const HEAD = new RegExp(
  `^[\\[(]?(?:(?<before>${LEVEL_WORD})(?: {0,2}[\\])]?[ \\t|:]+[\\[(]?|\\[|:[\\w.]{1,60}:))?(?:(?:${DATE})?${CLOCK}|${EPOCH})(?<rest>.{0,60})`,
  "iu",
);
/** In `rest`: after separators, brackets, and a name with a separator. In small letters it may be a word of the text. */
export const LEVEL_AFTER_TIME = new RegExp(
  `(?<=^[\\])]?(?:[\\s|:,;—–-]|\\[[^\\]]*\\]|\\([^)]*\\)|[\\w.$]{1,40}(?: - |\\|))*[[(<]?)(?:(?:${LEVEL_WORD})(?![\\p{L}\\d])|${LEVEL_LETTER}|(?<=^[Z\\d:+-]{0,6}\\s+)(?:debug|info|warn|warning)(?=[\\s:])|(?:${SMALL_LEVEL_WORD})(?=\\s?[\\]|]|\\s\\[))`,
  "u",
);
export const LEVEL_ALONE = new RegExp(`^\\[?(${LEVEL_WORD})\\]?(?:[:|\\]]|[ \\t]+\\S)`, "u");

/** null when the line begins no entry. */
export function readEntryHead(text: string): EntryHead | null {
  const groups = HEAD.exec(text)?.groups;
  if (!groups) {
    const word = LEVEL_ALONE.exec(text)?.[1];
    return word === undefined ? null : { level: levelOf(word), time: null };
  }
  const word = groups.before ?? LEVEL_AFTER_TIME.exec(groups.rest ?? "")?.[0];
  return { level: word === undefined ? "none" : levelOf(word), time: asIfUtc(toWrittenTime(groups)) };
}

/** null when there is none. @param pattern has groups from `year` to `second`, and `millisecond`. */
export function readWrittenTime(text: string, pattern: Pick<Pattern, "exec"> = HEAD): WrittenTime | null {
  const groups = pattern.exec(text)?.groups;
  return groups ? toWrittenTime(groups) : null;
}

export function isErrorLevel(level: Level): boolean {
  return level === "error" || level === "fatal";
}

/** @param word such as `WRN`, in any letter case. */
export function levelOf(word: string): Level {
  const upper = word.toUpperCase();
  const level =
    upper.length === 1
      ? LEVELS.find((name) => name.startsWith(word.toLowerCase()) && name !== "none")
      : LEVELS_BY_WORD.get(upper);
  return level ?? "none";
}

type Groups = Record<string, string | undefined>;

/** @returns null when there is no such time. */
function toWrittenTime(groups: Groups): WrittenTime | null {
  if (groups.epoch !== undefined)
    return ofEpoch(Number(groups.epoch) * 1000 + thousandths(groups.epochFraction));
  const written = {
    year: groups.year ?? groups.year2 ?? groups.year3 ?? groups.year4 ?? groups.year5,
    month: groups.month ?? groups.month2 ?? groups.month3 ?? groups.month4 ?? groups.month5,
    day: groups.day ?? groups.day2 ?? groups.day3 ?? groups.day4 ?? groups.day5,
  };
  let hour = Number(groups.hour ?? 0);
  let month = monthOf(written.month ?? "0");
  let day = Number(written.day ?? 0);
  // Americans write the month first. If both orders are possible the day is first, unless AM or PM is written.
  const isMonthFirst = groups.day2 !== undefined && day <= 12 && (month > 12 || groups.half !== undefined);
  if (isMonthFirst) [month, day] = [day, month];
  if (groups.half !== undefined) hour = (hour % 12) + (/p/i.test(groups.half) ? 12 : 0);
  const [minute, second] = [Number(groups.minute ?? 0), Number(groups.second ?? 0)];
  const years = Number(written.year ?? 0);
  const date = written.year === undefined ? null : { year: years < 100 ? years + 2000 : years, month, day };
  const isValid =
    (!date || (month >= 1 && month <= 12 && day >= 1 && day <= 31)) &&
    hour < 24 &&
    minute < 60 &&
    second <= 60;
  if (!isValid) return null;
  const clock =
    ((hour * 60 + minute) * 60 + second) * 1000 + thousandths(groups.fraction ?? groups.millisecond);
  return { date, clock, offsetMinutes: offsetOf(groups.offset) };
}

/** @param written in figures, or as a name in English or Russian. @returns 0 when there is no such month. */
function monthOf(written: string): number {
  if (/^\d/.test(written)) return Number(written);
  const place = MONTHS.split(" ").indexOf(written.slice(0, 3).toLowerCase());
  return place < 0 ? 0 : (place % 12) + 1;
}

function ofEpoch(at: number): WrittenTime {
  const midnight = new Date(at - (at % DAY_MS));
  const date = {
    year: midnight.getUTCFullYear(),
    month: midnight.getUTCMonth() + 1,
    day: midnight.getUTCDate(),
  };
  return { date, clock: at % DAY_MS, offsetMinutes: 0 };
}

function thousandths(digits = ""): number {
  return Number(digits.slice(0, 3).padEnd(3, "0"));
}

function offsetOf(written: string | undefined): number | null {
  if (written === undefined) return null;
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/u.exec(written) ?? [];
  return hours === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function asIfUtc(time: WrittenTime | null): number | null {
  if (!time?.date) return null;
  const { year, month, day } = time.date;
  return Date.UTC(year, month - 1, day) + time.clock;
}
