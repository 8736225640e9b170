import { errorText } from "../../protocol/error-text.ts";
import type { TaughtPatterns } from "../../protocol/log-patterns.ts";
import { compilePattern, type Pattern } from "../../protocol/pattern.ts";
import type { ExchangePatterns } from "../config/log-patterns.ts";

/** What was taught about the lines of the log. */
export interface TaughtRules {
  patterns: ExchangePatterns;
  /** Lines that one of these matches say nothing. */
  ignored: Pattern[];
}

/** A taught pattern that is no pattern, or could take any time. */
export class TaughtPatternError extends Error {}

/** Compiles what was taught. @throws TaughtPatternError naming the first pattern that does not work. */
export function compileTaught(lists: TaughtPatterns): TaughtRules {
  const compileAll = (name: keyof TaughtPatterns) =>
    lists[name].map((source, index) => compile(`/${name}/${index}`, source));
  const rule = (name: keyof TaughtPatterns) => ({
    matched: compileAll(name),
    excluded: [],
    refuted: [],
    harmless: [],
  });
  return {
    patterns: { attempted: rule("attempted"), succeeded: rule("succeeded"), failed: rule("failed") },
    ignored: compileAll("excluded"),
  };
}

function compile(path: string, source: string): Pattern {
  try {
    return compilePattern(source);
  } catch (error) {
    throw new TaughtPatternError(`${path}: ${errorText(error)}`);
  }
}
