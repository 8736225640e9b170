import { type LogKind, type LogKinds, MAX_KIND_LENGTH, MAX_LOG_KINDS } from "../../protocol/log-patterns.ts";
import { maskedStart } from "../../protocol/mask-guest-data.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import type { LogsConfig } from "../config/config.ts";
import { createLogTimeParser } from "../sync-log/log-time.ts";
import { walkLog } from "../sync-log/walk-log.ts";
import { createWorkBudget } from "../sync-log/work-budget.ts";
import { entryText } from "./entry-text.ts";
import { foldLine } from "./fold-line.ts";

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
 * Tells which kinds of lines are most frequent in a period of the logs; where lines have a time only those count. Guests are masked.
 * @throws when the log folder cannot be read.
 */
export async function readLogKinds(
  config: LogsConfig,
  utcOffsetMinutes: number | null,
  { from, to }: LogKindsPeriod,
): Promise<LogKinds> {
  const parseTime = createLogTimeParser(config.timestampPattern, utcOffsetMinutes);
  const timed = createCounter();
  const untimed = createCounter();
  const limits = { from, maxBytes: MAX_BYTES, budget: createWorkBudget(MAX_CPU_MS) };
  const { lines, isCut } = await walkLog(config, parseTime, limits, {
    visit({ text, at, continuation }) {
      if (at !== null && at > to) return;
      const counter = at === null ? untimed : timed;
      counter.add(entryText(text, continuation, config.timestampPattern), at);
    },
  });
  const kinds = timed.kinds().length > 0 ? timed.kinds() : untimed.kinds();
  return { kinds: withVisibleTexts(kinds.slice(0, MAX_LOG_KINDS)), lines, isCut };
}

function createCounter() {
  const counted = new Map<string, LogKind>();

  function add({ level, message }: ReturnType<typeof entryText>, at: number | null): void {
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
      counted.set(key, { text, level, count: 1, example: masked, firstAt: time, lastAt: time });
    }
  }

  return {
    add,
    kinds: () => [...counted.values()].sort((a, b) => b.count - a.count),
  };
}

function earlier(a: string | null, b: string | null): string | null {
  return a !== null && (b === null || a < b) ? a : b;
}

function later(a: string | null, b: string | null): string | null {
  return a !== null && (b === null || a > b) ? a : b;
}
