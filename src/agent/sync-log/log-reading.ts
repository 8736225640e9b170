import type { LogPatterns } from "../config/log-patterns.ts";
import { createExchangeMatcher, type ExchangeMatcher } from "./exchange-matcher.ts";
import { createLogTimeParser, type LogTimeParser, type TimedFile } from "./log-time.ts";
import type { TaughtRules } from "./taught-rules.ts";

/** How the lines of a log are read: what they say of an exchange, and when they were written. */
export interface LogReading {
  matcher: ExchangeMatcher;
  timesOf: (file: TimedFile) => LogTimeParser;
}

/** Reads logs as configured and taught; a configured time format comes before a taught one. */
export function createLogReading(
  config: LogPatterns,
  taught: TaughtRules | null,
  utcOffsetMinutes: number | null,
): LogReading {
  const timestampPattern = config.timestampPattern ?? taught?.timestamp ?? null;
  return {
    matcher: createExchangeMatcher({ ...config, timestampPattern, taught }),
    timesOf: createLogTimeParser(timestampPattern, utcOffsetMinutes),
  };
}
