import type { LogPatterns } from "../config/log-patterns.ts";
import { createExchangeMatcher, type ExchangeMatcher } from "./exchange-matcher.ts";
import { createLogTimeParser, type LogTimeParser, type TimedFile } from "./log-time.ts";
import type { TaughtRules } from "./taught-rules.ts";

export interface LogReading {
  matcher: ExchangeMatcher;
  timesOf: (file: TimedFile) => LogTimeParser;
}

/** A configured time format comes before a taught one. */
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
