import { LRUCache } from "lru-cache";
import type { Cause } from "./cause-catalogue.ts";
import { ON_MAIN_SERVER, PATTERNS, TO_POS_SERVER } from "./cause-patterns.ts";

const OF_DATABASE: readonly Cause[] = [
  "database_server_silent",
  "database_held",
  "database_unreadable",
  "database_damaged",
  "disk_full",
];

/** Lists are shown over and over, and many POS servers report the same error. */
const found = new LRUCache<string, { cause: Cause | null }>({
  max: 500,
  memoMethod: (text) => ({ cause: findCause(text) }),
});

/** null when no known cause fits. */
export function causeOfText(text: string): Cause | null {
  return found.memo(text).cause;
}

/** The words by which a known cause is told: whole words, with the one before them in the same clause; null = none is. */
export function phraseOfCause(text: string): string | null {
  const cause = causeOfText(text);
  const patterns = PATTERNS.find(([known]) => known === cause)?.[1] ?? [];
  const [found] = patterns.flatMap((pattern) => pattern.exec(text) ?? []);
  if (found === undefined) return null;
  const from = text.indexOf(found);
  const [before = ""] = /(?:\p{L}+ )?[\p{L}\d]*$/u.exec(text.slice(0, from)) ?? [];
  const [after = ""] = /^[\p{L}\d]*/u.exec(text.slice(from + found.length)) ?? [];
  return before + found + after;
}

function findCause(text: string): Cause | null {
  if (TO_POS_SERVER.test(text)) return null;
  const isOnMainServer = ON_MAIN_SERVER.test(text);
  for (const [cause, patterns] of PATTERNS) {
    if (isOnMainServer && OF_DATABASE.includes(cause)) continue;
    if (patterns.some((pattern) => pattern.test(text))) return cause;
  }
  return null;
}
