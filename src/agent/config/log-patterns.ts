import { compilePattern, type Pattern, UnusablePatternError } from "../../protocol/pattern.ts";
import { TIME_GROUPS } from "../../protocol/time-formats.ts";

/** What a line of the log says about the exchange with the main server. */
export type ExchangeEventKind = "attempted" | "succeeded" | "failed";

/** A line that fits several kinds must not look healthier than it is: the first of these counts. */
export const EVENT_KINDS = ["failed", "succeeded", "attempted"] as const satisfies ExchangeEventKind[];

const LISTS = ["attempted", "succeeded", "failed", "excluded"] as const;

/** How lines of the log are read, as somebody wrote it; what is left out is said by somebody else. */
export type PatternLists = Partial<Record<(typeof LISTS)[number], string[]>> & { timestamp?: string };

interface PatternLayer {
  lists: PatternLists;
  /** Whether whoever wrote them has seen a real log: what others find is a guess. */
  isKnown: boolean;
  /** Where they stand, such as `/logs`. */
  path: string;
}

export interface ExchangeRule {
  isGuess: boolean;
  /** A line says it when one of these matches it, also without what `excluded` matches. */
  matched: Pattern[];
  excluded: Pattern[];
}

/** null = nobody has listed any: it is guessed (`guess`). */
export type ExchangePatterns = Record<ExchangeEventKind, ExchangeRule | null>;

/** A pattern that no longer works, since it could take any time; its place is such as `/logs/failed/0`. */
export interface UnusablePattern {
  path: string;
  reason: string;
}

export interface LogPatterns {
  /** null = as usual. */
  timestampPattern: Pattern | null;
  patterns: ExchangePatterns;
  /** Of these the list is the first layer's own. */
  ownKinds: ExchangeEventKind[];
  /** What the first layer excludes, and what all of them do. */
  ownExcluded: Pattern[];
  excluded: Pattern[];
  /** Others stand in for these, and for those listed with them. */
  unusablePatterns: UnusablePattern[];
}

interface CompiledLayer extends Partial<Record<(typeof LISTS)[number], Pattern[]>> {
  timestamp?: Pattern;
}

/**
 * Compiles how the logs are read. Each list is that of the first layer which has it. What is excluded from a list is what its own
 * layer and all before it exclude together.
 * @param problems gets what is no regular expression at all.
 */
export function compileLogPatterns(layers: readonly PatternLayer[], problems: string[]): LogPatterns {
  const unusablePatterns: UnusablePattern[] = [];
  const compiled = layers.map((layer) => compileLayer(layer, problems, unusablePatterns));
  const excludedUpTo = compiled.map((_, last) =>
    compiled.slice(0, last + 1).flatMap(({ excluded }) => excluded ?? []),
  );

  function rule(kind: ExchangeEventKind): ExchangeRule | null {
    const source = compiled.findIndex((layer) => layer[kind] !== undefined);
    const matched = compiled[source]?.[kind];
    if (!matched) return null;
    return { matched, excluded: excludedUpTo[source] ?? [], isGuess: !layers[source]?.isKnown };
  }

  const [own] = compiled;
  const timestampPattern = compiled.find((layer) => layer.timestamp !== undefined)?.timestamp;
  return {
    timestampPattern: timestampPattern ?? null,
    patterns: { attempted: rule("attempted"), succeeded: rule("succeeded"), failed: rule("failed") },
    ownKinds: EVENT_KINDS.filter((kind) => own?.[kind] !== undefined),
    ownExcluded: own?.excluded ?? [],
    excluded: excludedUpTo.at(-1) ?? [],
    unusablePatterns,
  };
}

function compileLayer(
  { lists, path }: PatternLayer,
  problems: string[],
  unusablePatterns: UnusablePattern[],
): CompiledLayer {
  const compiled: CompiledLayer = {};
  for (const name of LISTS) {
    const patterns = lists[name]?.map((source, index) => compile(`${path}/${name}/${index}`, source));
    // A list in part could miss a failure.
    if (patterns?.every((pattern) => pattern !== null)) compiled[name] = patterns;
  }
  if (lists.timestamp !== undefined) {
    const timestamp = compileTimestamp(lists.timestamp);
    if (timestamp) compiled.timestamp = timestamp;
  }
  return compiled;

  function compileTimestamp(source: string): Pattern | null {
    for (const group of TIME_GROUPS)
      if (!source.includes(`(?<${group}>`)) problems.push(`${path}/timestamp has no group ${group}`);
    return compile(`${path}/timestamp`, source);
  }

  function compile(place: string, source: string): Pattern | null {
    try {
      return compilePattern(source);
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof UnusablePatternError) unusablePatterns.push({ path: place, reason: message });
      else problems.push(`${place} ${message}`);
      return null;
    }
  }
}
