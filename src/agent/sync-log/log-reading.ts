import type { LogPatterns } from "../config/log-patterns.ts";
import { createExchangeMatcher } from "./exchange-matcher.ts";
import { createLogTimeParser } from "./log-time.ts";
import type { TaughtRules } from "./taught-rules.ts";

export type LogReading = ReturnType<typeof createLogReading>;

/** A configured time format comes before a taught one. */
export function createLogReading(
  config: LogPatterns,
  taught: TaughtRules | null,
  utcOffsetMinutes: number | null,
) {
  const timestampPattern = config.timestampPattern ?? taught?.timestamp ?? null;
  return {
    matcher: createExchangeMatcher({ ...config, timestampPattern, taught }),
    timesOf: createLogTimeParser(timestampPattern, utcOffsetMinutes),
  };
}
