import { type LogKind, type LogKinds, MAX_KIND_LENGTH, MAX_LOG_KINDS } from "../../protocol/log-patterns.ts";
import { MASKED_NUMBER, maskedStart } from "../../protocol/mask-guest-data.ts";
import type { Pattern } from "../../protocol/pattern.ts";
import { FOLDED_NAME, FOLDED_NUMBER } from "../../protocol/taught-pattern.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import type { LogsConfig } from "../config/config.ts";
import { createExchangeMatcher } from "../sync-log/exchange-matcher.ts";
import { joinMessage, matchEntry } from "../sync-log/log-entry.ts";
import { splitHeader } from "../sync-log/log-header.ts";
import { createLogTimeParser } from "../sync-log/log-time.ts";
import type { TaughtRules } from "../sync-log/taught-rules.ts";
import { walkLog } from "../sync-log/walk-log.ts";
import { createWorkBudget } from "../sync-log/work-budget.ts";

const QUOTED = /«[^»]{0,200}»|“[^”]{0,200}”|"[^"]{0,200}"|'[^']{0,200}'/gu;
const ADDRESS = /\b[a-z][a-z0-9+.-]{1,10}:\/\/\S+/gi;
const IDENTIFIER = /\b(?:0x[0-9a-f]+|(?=[a-f-]{0,36}\d)[0-9a-f]{6,}(?:-[0-9a-f]{2,}){0,5})\b/gi;
const NUMBER = /\d+(?:[.,:/_+-]?\d+)*/gu;

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_CPU_MS = 3_000;
const MAX_EXAMPLE_LENGTH = 1_000;
/** A log whose lines are all different must not fill the memory. */
const MAX_REMEMBERED_KINDS = 5_000;

export interface LogKindsPeriod {
  /** ms UTC. */
  from: number;
  to: number;
}

/**
 * Tells which kinds of lines are most frequent in a period of the logs, and what they say; where lines have a time only those count.
 * Guests are masked.
 * @throws when the log folder cannot be read.
 */
export async function readLogKinds(
  config: LogsConfig,
  taught: TaughtRules | null,
  utcOffsetMinutes: number | null,
  { from, to }: LogKindsPeriod,
): Promise<LogKinds> {
  const matcher = createExchangeMatcher({ ...config, taught });
  const timesOf = createLogTimeParser(config.timestampPattern, utcOffsetMinutes);
  const timed = createCounter();
  const untimed = createCounter();
  const limits = { from, maxBytes: MAX_BYTES, budget: createWorkBudget(MAX_CPU_MS) };
  const { lines, isCut } = await walkLog(config, timesOf, limits, {
    visit({ text, at, continuation }) {
      if (at !== null && at > to) return;
      const counter = at === null ? untimed : timed;
      counter.add(entryText(text, continuation, config.timestampPattern), at, () => says(text, continuation));
    },
  });
  const kinds = timed.kinds().length > 0 ? timed.kinds() : untimed.kinds();
  return { kinds: withVisibleTexts(kinds.slice(0, MAX_LOG_KINDS)), lines, isCut };

  function says(text: string, continuation: readonly string[]) {
    const matched = matchEntry(text, () => [...continuation], matcher);
    return matched && ({ kind: matched.kind, evidence: matched.isGuess ? "guess" : "known" } as const);
  }
}

/** The level and the text of an entry of the log, its header left out; its text may begin on the next line. */
function entryText(
  line: string,
  continuation: readonly string[],
  timestamp: Pattern | null,
): { level: string | null; message: string } {
  return splitHeader(
    joinMessage(line, () => continuation, timestamp),
    timestamp,
  );
}

function createCounter() {
  const counted = new Map<string, LogKind>();

  function add(
    { level, message }: ReturnType<typeof entryText>,
    at: number | null,
    says: () => NonNullable<LogKind["says"]> | null,
  ): void {
    const masked = maskedStart(message, MAX_EXAMPLE_LENGTH);
    const text = foldLine(masked).slice(0, MAX_KIND_LENGTH);
    if (text === "") return;
    const key = `${level ?? ""} ${text}`;
    const known = counted.get(key);
    const time = at === null ? null : new Date(at).toISOString();
    if (known) {
      known.count += 1;
      // Lines come newest first, but for files that were written side by side.
      known.firstAt = earlier(known.firstAt, time);
      known.lastAt = later(known.lastAt, time);
    } else if (counted.size < MAX_REMEMBERED_KINDS) {
      const times = { firstAt: time, lastAt: time };
      counted.set(key, { text, level, count: 1, example: masked, ...times, says: says() });
    }
  }

  return {
    add,
    /** Those that say something first: they may be rare. */
    kinds: () =>
      [...counted.values()].sort(
        (a, b) => Number(Boolean(b.says)) - Number(Boolean(a.says)) || b.count - a.count,
      ),
  };
}

/**
 * Folds a line whose guests are masked, so that lines that differ only in numbers, times, identifiers, addresses or quoted names are
 * one kind.
 */
export function foldLine(text: string): string {
  return text
    .replace(MASKED_NUMBER, FOLDED_NAME)
    .replace(QUOTED, FOLDED_NAME)
    .replace(ADDRESS, FOLDED_NUMBER)
    .replace(IDENTIFIER, FOLDED_NUMBER)
    .replace(NUMBER, FOLDED_NUMBER)
    .trim();
}

function earlier(a: string | null, b: string | null): string | null {
  return a !== null && (b === null || a < b) ? a : b;
}

function later(a: string | null, b: string | null): string | null {
  return a !== null && (b === null || a > b) ? a : b;
}
