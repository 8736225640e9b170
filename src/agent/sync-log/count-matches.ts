import type { LogsConfig } from "../config/config.ts";
import type { ExchangeEventKind } from "../config/log-patterns.ts";
import type { MatchedLine } from "./exchange-matcher.ts";
import { createEntries, joinMessage, matchEntry } from "./log-entry.ts";
import type { LogReading } from "./log-reading.ts";
import { type WalkLimits, walkLog } from "./walk-log.ts";

type CountedEntry = MatchedLine & {
  /** With its message if that is on the next line. */
  text: string;
  /** ms UTC; null without a time. */
  at: number | null;
};

export interface CountedKind {
  count: number;
  last: CountedEntry | null;
}

/**
 * @returns `contradictions`: lines that the taught patterns call a success, and they or other patterns a failure;
 * `untimed`: the last line, if no line has a readable time.
 */
export async function countMatches(config: LogsConfig, { matcher, timesOf }: LogReading, limits: WalkLimits) {
  const kinds: Record<ExchangeEventKind, CountedKind> = {
    attempted: { count: 0, last: null },
    succeeded: { count: 0, last: null },
    failed: { count: 0, last: null },
  };
  const contradictions: CountedKind = { count: 0, last: null };
  let isTimed = false;
  let lastLine: string | null = null;
  const count = (counted: CountedKind, entry: CountedEntry) => {
    counted.count += 1;
    counted.last ??= entry;
  };
  const entries = createEntries<CountedEntry>(
    ({ kind }) => kind,
    (entry, at) => count(kinds[entry.kind], { ...entry, at }),
  );
  const walked = await walkLog(config, timesOf, limits, {
    visit({ text, at, continuation }) {
      isTimed ||= at !== null;
      lastLine ??= text.trim() || null;
      const matched = matchEntry(text, () => continuation, matcher);
      const entry = matched && {
        ...matched,
        at,
        text: joinMessage(text, () => continuation, matcher.timestamp),
      };
      if (entry && matcher.isContradictory(entry.text)) count(contradictions, entry);
      entries.add(entry, at);
    },
    endFile: entries.end,
  });
  return { ...walked, kinds, contradictions, untimed: isTimed ? null : lastLine };
}
