import { MAX_PATTERNS, type TaughtPatterns } from "../../../protocol/log-patterns.ts";

/** In the order in which the page asks for them. */
export const PATTERN_KINDS = ["succeeded", "failed", "attempted", "excluded"] as const;
export type PatternKind = (typeof PATTERN_KINDS)[number];

export const NO_PATTERNS: TaughtPatterns = { attempted: [], succeeded: [], failed: [], excluded: [] };

/** Collects patterns of each kind, each once. @param timestamp the format of times; undefined = the usual one. */
export function patternsBy(
  ofKind: (kind: PatternKind) => readonly string[],
  timestamp: string | undefined,
): TaughtPatterns {
  const { attempted, succeeded, failed, excluded } = Object.fromEntries(
    PATTERN_KINDS.map((kind) => [kind, [...new Set(ofKind(kind))]]),
  ) as Record<PatternKind, string[]>;
  return { attempted, succeeded, failed, excluded, ...(timestamp && { timestamp }) };
}

/** The POS server's own patterns first, then those for all; if both have one, its own kind counts. null = nothing. */
export function composePatterns(
  own: TaughtPatterns | null,
  ofAll: TaughtPatterns | null,
): TaughtPatterns | null {
  if (own === null) return ofAll;
  const isOwn = new Set(PATTERN_KINDS.flatMap((kind) => own[kind]));
  const ofBoth = (kind: PatternKind) => [
    ...own[kind],
    ...(ofAll?.[kind] ?? []).filter((pattern) => !isOwn.has(pattern)),
  ];
  return patternsBy(ofBoth, own.timestamp ?? ofAll?.timestamp);
}

/** Cuts patterns to the limit of agents; the last ones, which are those for all, are left out. */
export function withinLimits(patterns: TaughtPatterns): TaughtPatterns {
  return patternsBy((kind) => patterns[kind].slice(0, MAX_PATTERNS), patterns.timestamp);
}

export function findOverfull(patterns: TaughtPatterns): PatternKind[] {
  return PATTERN_KINDS.filter((kind) => patterns[kind].length > MAX_PATTERNS);
}

/** Patterns added to `before` get their new kind in the other set, the rest stays. @param edited the changed `before`. */
export function carryOver(
  edited: TaughtPatterns,
  before: TaughtPatterns,
  other: TaughtPatterns,
): TaughtPatterns {
  const added = (kind: PatternKind) => edited[kind].filter((pattern) => !before[kind].includes(pattern));
  const isAdded = new Set(PATTERN_KINDS.flatMap(added));
  const ofBoth = (kind: PatternKind) => [
    ...other[kind].filter((pattern) => !isAdded.has(pattern)),
    ...added(kind),
  ];
  return patternsBy(ofBoth, edited.timestamp ?? other.timestamp);
}
