import type { TaughtPatterns } from "../../protocol/log-patterns.ts";
import { compilePattern, createPatternSet, type Pattern } from "../../protocol/pattern.ts";
import { EVENT_KINDS, type ExchangeEventKind, type LogPatterns } from "../config/log-patterns.ts";

/** One of the patterns that were taught. */
export interface TaughtRule {
  kind: ExchangeEventKind;
  /** Finds what failed; null = its kind is all that it says. */
  message: Pattern | null;
}

/** What was taught about the lines of the log. */
export interface TaughtRules {
  sources: string[];
  /** The time at the start of a line; null = nothing was taught about it. */
  timestamp: Pattern | null;
  /** Those that match a text, in the order in which they count; null = it says nothing, whatever else is found in it. */
  find(text: string): TaughtRule[] | null;
}

/** Compiles what was taught, and may have taken any time if it was not checked before (`checkPatterns`). @throws when one is none. */
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

/** How a log is read with what was taught about it; a time that the configuration tells counts before. */
export function withTaught<Rules extends LogPatterns>(rules: Rules, taught: TaughtRules | null) {
  return { ...rules, taught, timestampPattern: rules.timestampPattern ?? taught?.timestamp ?? null };
}
