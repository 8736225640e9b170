import { isoTime } from "../../protocol/field-types.ts";
import type { LogEntry } from "../../protocol/log-lines.ts";
import { cutBetweenNumbers } from "../../protocol/mask-guest-data.ts";
import { maskLogText } from "../../protocol/mask-secrets.ts";
import type { Pattern } from "../../protocol/pattern.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import { splitHeader } from "../sync-log/log-header.ts";

const MAX_LEVEL_LENGTH = 16;
const MAX_NAME_LENGTH = 1_024;

/** A line with a time and the lines below it, as they are in the log. */
export interface RawEntry {
  /** ms UTC; null without a time of its own. */
  at: number | null;
  text: string;
}

export interface ShownBy {
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
    text: cut(visibleText(maskLogText(whole, [token]))).toWellFormed(),
  };
}

/** The start of a text; unlike a slice of it, without keeping the whole in memory. */
export function startOf(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : Buffer.from(cutBetweenNumbers(text, maxLength)).toString();
}

/** The name of a file. */
export function shownName(name: string): string {
  return visibleText(name).slice(0, MAX_NAME_LENGTH).toWellFormed();
}
