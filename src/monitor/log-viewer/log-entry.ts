/** In the order of how bad they are; a line of no known format is `none`. The index is what a block of the index keeps. */
export const LEVELS = ["none", "trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Level = (typeof LEVELS)[number];

/** What the first line of an entry says; the lines below it, such as a stack trace, belong to it. */
export interface EntryHead {
  level: Level;
  /** By the clock of the POS server, as if it were UTC, in ms; null when the line has none. */
  time: number | null;
}

const LEVEL_WORDS: Record<string, Level> = {
  TRACE: "trace",
  VERBOSE: "trace",
  VRB: "trace",
  DEBUG: "debug",
  DBG: "debug",
  INFO: "info",
  INFORMATION: "info",
  INF: "info",
  NOTICE: "info",
  WARN: "warn",
  WARNING: "warn",
  WRN: "warn",
  ERROR: "error",
  ERR: "error",
  FATAL: "fatal",
  FTL: "fatal",
  CRITICAL: "fatal",
};
const LEVEL_WORD = Object.keys(LEVEL_WORDS).join("|");
const DATE =
  "(?:(?<year>\\d{4})[-./](?<month>\\d\\d)[-./](?<day>\\d\\d)|(?<day2>\\d\\d)\\.(?<month2>\\d\\d)\\.(?<year2>\\d{4}))";
const CLOCK = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?";
/** `[2019-04-05 14:58:52,546] DEBUG [48] — text`, `2019-04-05T14:58:52.546Z ERROR text`, `ERROR 05.04.2019 14:58:52 text`. */
export const HEAD = new RegExp(
  `^[\\[(]?(?:(?<before>${LEVEL_WORD})[\\])]?[ \\t|:]+[\\[(]?)?${DATE}[T ]+${CLOCK}(?:Z|[+-]\\d\\d:?\\d\\d)?(?<rest>.{0,60})`,
  "iu",
);
/** In `rest`. */
export const LEVEL_AFTER_TIME = new RegExp(`(?<![\\p{L}\\d])(${LEVEL_WORD})(?![\\p{L}\\d])`, "u");
export const LEVEL_ALONE = new RegExp(`^\\[?(${LEVEL_WORD})\\]?(?:[:|\\]]|[ \\t]+\\S)`, "u");

/** Reads the start of an entry; null when the line begins none. */
export function readEntryHead(text: string): EntryHead | null {
  const groups = HEAD.exec(text)?.groups;
  if (!groups) {
    const word = LEVEL_ALONE.exec(text)?.[1];
    return word === undefined ? null : { level: levelOf(word), time: null };
  }
  const word = groups.before ?? LEVEL_AFTER_TIME.exec(groups.rest ?? "")?.[1];
  return { level: word === undefined ? "none" : levelOf(word), time: timeOf(groups) };
}

/** Whether an entry of this level is what «ошибка» counts. */
export function isErrorLevel(level: Level): boolean {
  return level === "error" || level === "fatal";
}

function levelOf(word: string): Level {
  return LEVEL_WORDS[word.toUpperCase()] ?? "none";
}

function timeOf(groups: Record<string, string | undefined>): number {
  const field = (name: string) => Number(groups[name] ?? groups[`${name}2`] ?? 0);
  const milliseconds = Math.floor(Number(`0.${groups.fraction ?? 0}`) * 1000);
  return Date.UTC(
    field("year"),
    field("month") - 1,
    field("day"),
    field("hour"),
    field("minute"),
    field("second"),
    milliseconds,
  );
}
