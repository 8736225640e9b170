import { compilePattern, type Pattern, UnusablePatternError } from "../../protocol/pattern.ts";
import type { AgentConfigFile } from "./config-schema.ts";
import { DEFAULT_EXCHANGE_PATTERNS, DEFAULT_TIMESTAMP_PATTERN } from "./default-patterns.ts";

/** What a line of the log says about the exchange with the main server. */
export type ExchangeEventKind = "attempted" | "succeeded" | "failed";

export interface ExchangeRule {
  /** A line says it when one of these matches it, also without what `excluded` matches. */
  matched: Pattern[];
  excluded: Pattern[];
}

export type ExchangePatterns = Record<ExchangeEventKind, ExchangeRule>;

/** A pattern that no longer works, since it could take any time; its place is such as `/logs/failed/0`. */
export interface UnusablePattern {
  path: string;
  reason: string;
}

export interface LogPatterns {
  timestampPattern: Pattern;
  patterns: ExchangePatterns;
  /** Defaults stand in for these, and for those listed with them. */
  unusablePatterns: UnusablePattern[];
}

const TIMESTAMP_GROUPS = ["year", "month", "day", "hour", "minute", "second"];

/** Compiles the patterns of the logs; what is no regular expression at all is added to `problems`. */
export function compileLogPatterns(logs: AgentConfigFile["logs"], problems: string[]): LogPatterns {
  const unusablePatterns: UnusablePattern[] = [];

  function compileAll(name: string, sources: readonly string[]): Pattern[] | null {
    const compiled = sources.map((source, index) => compile(`/logs/${name}/${index}`, source));
    return compiled.every((pattern) => pattern !== null) ? compiled : null;
  }

  function compile(path: string, source: string): Pattern | null {
    try {
      return compilePattern(source);
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof UnusablePatternError) unusablePatterns.push({ path, reason: message });
      else problems.push(`${path} ${message}`);
      return null;
    }
  }

  const excluded = logs.excluded && compileAll("excluded", logs.excluded);
  const defaultExcluded = DEFAULT_EXCHANGE_PATTERNS.excluded.map(compilePattern);
  const rule = (kind: ExchangeEventKind): ExchangeRule => {
    const matched = logs[kind] && compileAll(kind, logs[kind]);
    if (matched) return { matched, excluded: excluded ?? [] };
    return {
      matched: DEFAULT_EXCHANGE_PATTERNS[kind].map(compilePattern),
      excluded: excluded ?? defaultExcluded,
    };
  };

  for (const group of TIMESTAMP_GROUPS) {
    if (logs.timestamp && !logs.timestamp.includes(`(?<${group}>`))
      problems.push(`/logs/timestamp has no group ${group}`);
  }
  const timestampPattern = logs.timestamp ? compile("/logs/timestamp", logs.timestamp) : null;
  const patterns = { attempted: rule("attempted"), succeeded: rule("succeeded"), failed: rule("failed") };
  return {
    timestampPattern: timestampPattern ?? compilePattern(DEFAULT_TIMESTAMP_PATTERN),
    patterns,
    unusablePatterns,
  };
}
