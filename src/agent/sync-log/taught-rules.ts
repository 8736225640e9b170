import type { TaughtPatterns } from "../../protocol/log-patterns.ts";
import { compilePattern, createPatternSet, type Pattern } from "../../protocol/pattern.ts";
import { EVENT_KINDS, type ExchangeEventKind } from "../config/log-patterns.ts";

/** One of the patterns that were taught. */
export interface TaughtRule {
  kind: ExchangeEventKind;
  /** Finds what failed; null = its kind is all that it says. */
  message: Pattern | null;
}

/** What was taught about the lines of the log. */
export interface TaughtRules {
  sources: string[];
  /** Those that match a text, in the order in which they count. */
  find(text: string): TaughtRule[];
  /** Whether a text says nothing, whatever else is found in it. */
  isIgnored(text: string): boolean;
}

/** Compiles what was taught, and may have taken any time if it was not checked before (`checkPatterns`). @throws when one is none. */
export function compileTaught(lists: TaughtPatterns): TaughtRules {
  const sources = EVENT_KINDS.flatMap((kind) => lists[kind]);
  const rules = EVENT_KINDS.flatMap((kind) =>
    lists[kind].map((source) => ({ kind, message: kind === "failed" ? compilePattern(source) : null })),
  );
  const findPlaces = createPatternSet(sources);
  const findIgnored = createPatternSet(lists.excluded);
  return {
    sources,
    find: (text) => findPlaces(text).flatMap((place) => rules[place] ?? []),
    isIgnored: (text) => findIgnored(text).length > 0,
  };
}
