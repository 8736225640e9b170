import type { TaughtPatterns } from "../../protocol/log-patterns.ts";
import { compilePattern, createPatternSet, type Pattern } from "../../protocol/pattern.ts";
import { EVENT_KINDS, type ExchangeEventKind } from "../config/log-patterns.ts";

/** A taught pattern. */
export interface TaughtRule {
  kind: ExchangeEventKind;
  /** Finds what failed; null for other kinds. */
  message: Pattern | null;
}

/** What was taught about the lines of the log. */
export interface TaughtRules {
  sources: string[];
  /** The time at the start of a line; null = nothing was taught about it. */
  timestamp: Pattern | null;
  /** The rules that match a text, the decisive one first; null = the text is excluded. */
  find(text: string): TaughtRule[] | null;
}

/** Compiles taught patterns; check them first (`checkPatterns`), since this has no time limit. @throws on an invalid one. */
export function compileTaught(lists: TaughtPatterns): TaughtRules {
  const sources = EVENT_KINDS.flatMap((kind) => lists[kind]);
  const rules = EVENT_KINDS.flatMap((kind) =>
    lists[kind].map((source) => ({ kind, message: kind === "failed" ? compilePattern(source) : null })),
  );
  const findPlaces = createPatternSet([...sources, ...lists.excluded]);
  return {
    sources,
    timestamp: lists.timestamp === undefined ? null : compilePattern(lists.timestamp),
    find(text) {
      const places = findPlaces(text);
      return places.some((place) => place >= rules.length)
        ? null
        : places.flatMap((place) => rules[place] ?? []);
    },
  };
}
