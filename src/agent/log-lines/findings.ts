import { isoTime } from "../../protocol/field-types.ts";
import { ANYTHING, type LogEntry, type LogSearchResult } from "../../protocol/log-lines.ts";
import { cutText, mask } from "../../protocol/mask/mask.ts";
import type { Pattern } from "../../protocol/pattern.ts";
import { HOUR_MS } from "../../protocol/time-units.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import { splitHeader } from "../sync-log/log-header.ts";

const MAX_FILES = 100;
const MAX_TEXT_LENGTH = 500;
/** Shown before what was looked for. */
const LEAD_LENGTH = 100;
/** Of an entry that may be shown; secrets are known by what stands before them. */
const MAX_KEPT_LENGTH = 32 * 1024;

const MAX_LEVEL_LENGTH = 16;
const MAX_NAME_LENGTH = 1_024;

interface Found extends RawEntry {
  file: string;
  /** ms UTC: its own time, or that of its file. */
  writtenAt: number;
}

/** Counts what was found, and keeps the newest. @param limit how many. */
export function createFindings(limit: number) {
  const files = new Map<string, number>();
  const hours = new Map<number, number>();
  let newest: Found[] = [];
  let total = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;

  return {
    /** @param at ms UTC; null = without a time. */
    count(file: string, at: number | null, entries = 1): void {
      total += entries;
      files.set(file, (files.get(file) ?? 0) + entries);
      if (at === null) return;
      const hour = at - (at % HOUR_MS);
      hours.set(hour, (hours.get(hour) ?? 0) + entries);
      first = Math.min(first, at);
      last = Math.max(last, at);
    },
    keep(found: Found): void {
      if (newest.length === limit && found.writtenAt < (newest.at(-1)?.writtenAt ?? Infinity)) return;
      const kept = { ...found, text: startOf(found.text, MAX_KEPT_LENGTH) };
      newest = [kept, ...newest].sort((a, b) => b.writtenAt - a.writtenAt).slice(0, limit);
    },
    /** @param find says where in a text that is which was looked for. */
    result: (shownBy: ShownBy, find: (text: string) => number | null): Omit<LogSearchResult, "unread"> => ({
      count: total,
      firstAt: hours.size === 0 ? null : isoTime(first),
      lastAt: hours.size === 0 ? null : isoTime(last),
      hours: [...hours]
        .sort(([a], [b]) => a - b)
        .map(([from, count]) => ({ from: new Date(from).toISOString(), count })),
      files: [...files]
        .sort(([, a], [, b]) => b - a)
        .slice(0, MAX_FILES)
        .map(([name, count]) => ({ name: shownName(name), count })),
      entries: newest.map((found) => ({
        ...toLogEntry(found, shownBy, (text) => around(text, find(text) ?? 0)),
        file: shownName(found.file),
      })),
    }),
  };
}

/** A part of a text. @param place is in it. */
function around(text: string, place: number): string {
  const from = text.length <= MAX_TEXT_LENGTH ? 0 : Math.max(0, place - LEAD_LENGTH);
  const rest = from === 0 ? text : `${ANYTHING}${text.slice(from)}`;
  return rest.length <= MAX_TEXT_LENGTH ? rest : `${rest.slice(0, MAX_TEXT_LENGTH - 1)}${ANYTHING}`;
}

/** A line with a time and the lines below it, as they are in the log. */
export interface RawEntry {
  /** ms UTC; null without a time of its own. */
  at: number | null;
  text: string;
}

interface ShownBy {
  /** How the time at the start of a line is written. */
  timestamp: Pattern | null;
  /** Never shown, wherever it stands. */
  token: string;
}

/** An entry as it may leave this machine. @param cut gets its text with guests, names and secrets masked. */
export function toLogEntry(
  { at, text }: RawEntry,
  { timestamp, token }: ShownBy,
  cut: (text: string) => string,
): LogEntry {
  const [line = "", ...below] = text.split("\n");
  const { level, message } = splitHeader(line, timestamp);
  const whole = [message, ...below].join("\n").replace(/^\n+|\s+$/gu, "");
  return {
    at: isoTime(at),
    level: level?.slice(0, MAX_LEVEL_LENGTH) ?? null,
    text: cut(visibleText(mask(whole, [token]))).toWellFormed(),
  };
}

/** The start of a text; unlike a slice of it, without keeping the whole in memory. */
export function startOf(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : Buffer.from(cutText(text, maxLength)).toString();
}

/** The name of a file. */
export function shownName(name: string): string {
  return visibleText(name).slice(0, MAX_NAME_LENGTH).toWellFormed();
}
