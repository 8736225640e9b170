import type { TaughtPatterns } from "../../protocol/log-patterns.ts";
import { compilePattern, createPatternSet, type Pattern } from "../../protocol/pattern.ts";
import { EVENT_KINDS, type ExchangeEventKind, type LogPatterns } from "../config/log-patterns.ts";
import { createExchangeMatcher } from "./exchange-matcher.ts";
import { createLogTimeParser } from "./log-time.ts";

export type LogReading = ReturnType<typeof createLogReading>;

/** A configured time format comes before a taught one. */
export function createLogReading(
  config: LogPatterns,
  taught: TaughtRules | null,
  utcOffsetMinutes: number | null,
) {
  const timestampPattern = config.timestampPattern ?? taught?.timestamp ?? null;
  return {
    matcher: createExchangeMatcher({ ...config, timestampPattern, taught }),
    timesOf: createLogTimeParser(timestampPattern, utcOffsetMinutes),
  };
}

export interface TaughtRule {
  kind: ExchangeEventKind;
  /** Finds what failed; null for other kinds. */
  message: Pattern | null;
}

export type TaughtRules = ReturnType<typeof compileTaught>;

/** Has no time limit: check the patterns first (`checkPatterns`). @throws on an invalid one. */
export function compileTaught(lists: TaughtPatterns) {
  const sources = EVENT_KINDS.flatMap((kind) => lists[kind]);
  const rules = EVENT_KINDS.flatMap((kind) =>
    lists[kind].map((source) => ({ kind, message: kind === "failed" ? compilePattern(source) : null })),
  );
  const findPlaces = createPatternSet([...sources, ...lists.excluded]);
  return {
    sources,
    /** The time at the start of a line; null = not taught. */
    timestamp: lists.timestamp === undefined ? null : compilePattern(lists.timestamp),
    /** The rules that match a text, the decisive one first; null = the text is excluded. */
    find(text: string): TaughtRule[] | null {
      const places = findPlaces(text);
      return places.some((place) => place >= rules.length)
        ? null
        : places.flatMap((place) => rules[place] ?? []);
    },
  };
}
