import { englishWording } from "./english-wording.ts";
import { entryOf, russianWording } from "./russian-wording.ts";

/** `json`: English as JSON; `unconfirmed`: sentences that nobody has confirmed; `unknown`: words that agents do not know. */
export type LogStyle = "russian" | "english" | "json" | "unconfirmed" | "unknown";

export type ExchangeFailure =
  | { kind: "database"; table: string; code: string; message: string }
  | { kind: "timeout"; timeoutMs: number }
  | { kind: "connection_lost" }
  | { kind: "not_connected"; host: string; code: string };

/** The text may have several lines. */
export interface LogEntry {
  level: "DEBUG" | "INFO" | "WARN" | "ERROR";
  thread: string;
  /** Class, method and line of the program. */
  source?: string;
  /** Whether the text begins on the next line. */
  isOnNextLine?: boolean;
  text: string;
}

/** `number` counts from the start of the service; the revision is a text, as the history has a mark instead. */
export interface ExchangeResult {
  number: number;
  revision: string;
  rows: number;
  durationMs: number;
}

export type LogWording = typeof russianWording;

const SENT_SHARE = 5;
const service = entryOf("12");
const cycle = entryOf(" 9");

/** English, but with words for exchanges that only a person understands. */
const unknownWording: LogWording = {
  ...englishWording,
  exchangeStarted: (number) => cycle("INFO", `Cycle ${number} opened`),
  exchangeSucceeded: ({ number, revision, rows, durationMs }) => [
    cycle("DEBUG", `Store is at ${revision}, ${rows} rows merged in ${Math.round(durationMs)} ms`),
    cycle("INFO", `Cycle ${number} closed: ${rows} in, ${Math.floor(rows / SENT_SHARE)} out`),
  ],
  exchangeFailed: ({ number, failure }) => cycle("WARN", `Cycle ${number} dropped: ${describe(failure)}`),
};

/** Russian, but with other sentences for exchanges. */
const unconfirmedWording: LogWording = {
  ...russianWording,
  exchangeStarted: () => service("INFO", "Начата синхронизация с iikoCard"),
  exchangeSucceeded: ({ revision }) => [
    service("INFO", `Синхронизация с iikoCard завершена успешно, ревизия ${revision}`),
  ],
};

const jsonWording: LogWording = {
  ...englishWording,
  format: (time, { level, thread, source, text }) =>
    `${JSON.stringify({ timestamp: time, level, logger: source, thread, message: text })}\r\n`,
};

const WORDINGS: Record<LogStyle, LogWording> = {
  russian: russianWording,
  english: englishWording,
  json: jsonWording,
  unconfirmed: unconfirmedWording,
  unknown: unknownWording,
};

export function wordingOf({ logStyle }: { logStyle: LogStyle }): LogWording {
  return WORDINGS[logStyle];
}

function describe(failure: ExchangeFailure): string {
  switch (failure.kind) {
    case "database":
      return failure.message;
    case "timeout":
      return `no reply within ${failure.timeoutMs / 1000} s`;
    case "connection_lost":
      return "remote host closed the connection";
    case "not_connected":
      return `${failure.host} cannot be reached (${failure.code})`;
  }
}
