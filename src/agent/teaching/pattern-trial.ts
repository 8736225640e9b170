import type { LogPatternTrial } from "../../protocol/log-patterns.ts";
import { maskGuestData } from "../../protocol/mask-guest-data.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import type { LogsConfig } from "../config/config.ts";
import { createExchangeMatcher } from "../sync-log/exchange-matcher.ts";
import { matchEntry } from "../sync-log/log-entry.ts";
import { createLogTimeParser } from "../sync-log/log-time.ts";
import type { TaughtRules } from "../sync-log/taught-rules.ts";
import { walkLog } from "../sync-log/walk-log.ts";
import { createWorkBudget } from "../sync-log/work-budget.ts";

const DAY_MS = 24 * 60 * 60_000;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_CPU_MS = 3_000;
const MAX_TEXT_LENGTH = 1_000;
const MAX_LINE_LENGTH = 4_096;

/** Tells what the last day of the logs would say if this were taught. @throws when the log folder cannot be read. */
export async function tryPatterns(
  config: LogsConfig,
  utcOffsetMinutes: number | null,
  taught: TaughtRules,
): Promise<LogPatternTrial> {
  const matcher = createExchangeMatcher({ ...config, taught });
  const parseTime = createLogTimeParser(config.timestampPattern, utcOffsetMinutes);
  const none = () => ({ count: 0, last: null });
  const found: Pick<LogPatternTrial, "attempted" | "succeeded" | "failed" | "contradictions"> = {
    attempted: none(),
    succeeded: none(),
    failed: none(),
    contradictions: none(),
  };
  const { succeeded, failed } = taught.patterns;
  const count = (kind: keyof typeof found, text: string, at: number | null) => {
    const tried = found[kind];
    tried.count += 1;
    tried.last ??= {
      at: at === null ? null : new Date(at).toISOString(),
      text: maskGuestData(text.slice(0, MAX_TEXT_LENGTH)).slice(0, MAX_TEXT_LENGTH),
    };
  };

  const limits = { from: Date.now() - DAY_MS, maxBytes: MAX_BYTES, budget: createWorkBudget(MAX_CPU_MS) };
  const { lines, isCut } = await walkLog(config, parseTime, limits, ({ text, at, continuation }) => {
    const matched = matchEntry(text, () => continuation, matcher);
    if (matched) count(matched.kind, text, at);
    const start = text.slice(0, MAX_LINE_LENGTH);
    const isBoth = [succeeded, failed].every((rule) => rule.matched.some((pattern) => pattern.test(start)));
    if (isBoth) count("contradictions", text, at);
  });
  return { ...withVisibleTexts(found), lines, isCut };
}
