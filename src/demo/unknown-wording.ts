import { englishWording } from "./english-wording.ts";
import type { ExchangeFailure, LogEntry, LogWording } from "./log-wording.ts";

const SENT_SHARE = 5;

/** As English logs, but for the words about the exchange, which nothing but a person can know to be about it. */
export const unknownWording: LogWording = {
  ...englishWording,
  exchangeStarted: (number) => cycle("INFO", `Cycle ${number} opened`),
  exchangeSucceeded: ({ number, revision, rows, durationMs }) => [
    cycle("DEBUG", `Store is at ${revision}, ${rows} rows merged in ${Math.round(durationMs)} ms`),
    cycle("INFO", `Cycle ${number} closed: ${rows} in, ${Math.floor(rows / SENT_SHARE)} out`),
  ],
  exchangeFailed: ({ number, failure }) => cycle("WARN", `Cycle ${number} dropped: ${describe(failure)}`),
  exchangeCancelled: (number) => cycle("INFO", `Cycle ${number} abandoned, shutting down`),
};

function describe(failure: ExchangeFailure): string {
  switch (failure.kind) {
    case "database":
      return failure.message;
    case "http_status":
      return `remote host answered ${failure.statusCode}`;
    case "timeout":
      return `no reply within ${failure.timeoutMs / 1000} s`;
    case "connection_lost":
      return "remote host closed the connection";
    case "not_connected":
      return `${failure.host} cannot be reached (${failure.code})`;
  }
}

function cycle(level: LogEntry["level"], text: string): LogEntry {
  return { level, thread: " 9", text };
}
