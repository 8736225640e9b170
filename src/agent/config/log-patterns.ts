import { compilePattern, type Pattern, UnusablePatternError } from "../../protocol/pattern.ts";
import { TIME_GROUPS } from "../../protocol/time-formats.ts";

export type ExchangeEventKind = "attempted" | "succeeded" | "failed";

/** The first kind that a line fits counts, so that it never looks healthier than it is. */
export const EVENT_KINDS = ["failed", "succeeded", "attempted"] as const satisfies ExchangeEventKind[];

const LISTS = ["attempted", "succeeded", "failed", "excluded"] as const;

/** How log lines are read, as one source says it; what it leaves out is left to the next source. */
export type PatternLists = Partial<Record<(typeof LISTS)[number], string[]>> & { timestamp?: string };

interface PatternLayer {
  lists: PatternLists;
  /** Whether the author has seen a real log; otherwise the lists are a guess. */
  isKnown: boolean;
  /** Where the lists are, such as `/logs`. */
  path: string;
}

interface ExchangeRule {
  isGuess: boolean;
  /** A line fits when one of these matches it, also after what `excluded` matches is removed from it. */
  matched: Pattern[];
  excluded: Pattern[];
}

/** null = nobody has listed any: then it is guessed (`guess`). */
export type ExchangePatterns = Record<ExchangeEventKind, ExchangeRule | null>;

/** A pattern that may take too long to match. */
export interface UnusablePattern {
  path: string;
  reason: string;
}

export type LogPatterns = ReturnType<typeof compileLogPatterns>;

interface CompiledLayer extends Partial<Record<(typeof LISTS)[number], Pattern[]>> {
  timestamp?: Pattern;
}

/** A list is that of the first layer with one; this layer and those before exclude lines. @param problems gets syntax errors. */
export function compileLogPatterns(layers: readonly PatternLayer[], problems: string[]) {
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
    /** null = the usual formats. */
    timestampPattern: timestampPattern ?? null,
    patterns: { attempted: rule("attempted"), succeeded: rule("succeeded"), failed: rule("failed") },
    /** The kinds whose list is the first layer's own. */
    ownKinds: EVENT_KINDS.filter((kind) => own?.[kind] !== undefined),
    /** What the first layer excludes; `excluded` is what all layers exclude. */
    ownExcluded: own?.excluded ?? [],
    excluded: excludedUpTo.at(-1) ?? [],
    /** The patterns of another layer are used instead of these and the rest of their list. */
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
    // An incomplete list could miss a failure.
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
