import type { LogsConfig } from "../config/config.ts";
import type { ExchangeEventKind } from "../config/log-patterns.ts";
import type { ExchangeMatcher, MatchedLine } from "./exchange-matcher.ts";
import { matchEntry } from "./log-entry.ts";
import type { LogTimeParser } from "./log-time.ts";
import { type WalkedLog, type WalkLimits, walkLog } from "./walk-log.ts";

export interface CountedKind {
  count: number;
  /** The newest line; `at` in ms UTC, null without a time. */
  last: (MatchedLine & { text: string; at: number | null }) | null;
}

export interface CountedMatches extends WalkedLog {
  kinds: Record<ExchangeEventKind, CountedKind>;
}

/** Counts which entries of the logs the patterns match, newest files first. */
export async function countMatches(
  config: LogsConfig,
  matcher: ExchangeMatcher,
  parseTime: LogTimeParser,
  limits: WalkLimits,
): Promise<CountedMatches> {
  const kinds: CountedMatches["kinds"] = {
    attempted: { count: 0, last: null },
    succeeded: { count: 0, last: null },
    failed: { count: 0, last: null },
  };
  const walked = await walkLog(config, parseTime, limits, ({ text, at, continuation }) => {
    const matched = matchEntry(text, () => continuation, matcher);
    if (!matched) return;
    const kind = kinds[matched.kind];
    kind.count += 1;
    kind.last ??= { ...matched, text, at };
  });
  return { ...walked, kinds };
}
