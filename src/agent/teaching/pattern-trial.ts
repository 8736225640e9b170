import type { LogPatternTrial } from "../../protocol/log-patterns.ts";
import { maskedStart } from "../../protocol/mask-guest-data.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import type { LogsConfig } from "../config/config.ts";
import { type CountedKind, countMatches } from "../sync-log/count-matches.ts";
import { createExchangeMatcher } from "../sync-log/exchange-matcher.ts";
import { createLogTimeParser } from "../sync-log/log-time.ts";
import type { TaughtRules } from "../sync-log/taught-rules.ts";
import { createWorkBudget } from "../sync-log/work-budget.ts";

const DAY_MS = 24 * 60 * 60_000;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_CPU_MS = 3_000;
const MAX_TEXT_LENGTH = 1_000;

/** Tells what the last day of the logs would say if this were taught. @throws when the log folder cannot be read. */
export async function tryPatterns(
  config: LogsConfig,
  utcOffsetMinutes: number | null,
  taught: TaughtRules,
): Promise<LogPatternTrial> {
  const matcher = createExchangeMatcher({ ...config, taught });
  const parseTime = createLogTimeParser(config.timestampPattern, utcOffsetMinutes);
  const limits = {
    from: Date.now() - DAY_MS,
    maxBytes: MAX_BYTES,
    budget: createWorkBudget(MAX_CPU_MS),
  };
  const { kinds, contradictions, lines, isCut } = await countMatches(config, matcher, parseTime, limits);
  const found = {
    attempted: tried(kinds.attempted),
    succeeded: tried(kinds.succeeded),
    failed: tried(kinds.failed),
    contradictions: tried(contradictions),
  };
  return { ...withVisibleTexts(found), lines, isCut };
}

function tried({ count, last }: CountedKind): LogPatternTrial["succeeded"] {
  if (last === null) return { count, last };
  const at = last.at === null ? null : new Date(last.at).toISOString();
  return {
    count,
    last: { at, text: maskedStart(last.text, MAX_TEXT_LENGTH) },
  };
}
