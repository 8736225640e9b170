import type { TaughtPatterns } from "../../../protocol/log-patterns.ts";
import { createPatternSet } from "../../../protocol/pattern.ts";
import { patternOfKind, patternsOfFailure } from "../../../protocol/taught-pattern.ts";
import { PATTERN_KINDS, type PatternKind, patternsBy } from "../sets/compose-patterns.ts";
import type { SeenKind } from "./seen-kinds.ts";
import { type Choice, linesOf, type TeachingForm } from "./teaching-form.ts";

/** A pattern with the name of its field: a text area, or the choice for a kind. */
export interface Marked {
  kind: PatternKind;
  pattern: string;
  field: string;
}

type MarkedForm = Pick<TeachingForm, "choices" | "typed">;

/** Kinds with a pattern of the set are marked, other patterns go into the text areas. */
export function markKinds(patterns: TaughtPatterns, kinds: readonly SeenKind[]): MarkedForm {
  const choices = new Map<string, Choice>();
  const marked = new Set<string>();
  for (const { id, text } of kinds) {
    const patternsOfIt = (kind: PatternKind) =>
      kind === "failed" ? patternsOfFailure(text) : [patternOf(text, kind)];
    const meaning = PATTERN_KINDS.find((kind) =>
      patternsOfIt(kind).some((one) => patterns[kind].includes(one)),
    );
    if (meaning === undefined) continue;
    choices.set(id, { meaning, text });
    for (const pattern of patternsOfIt(meaning)) marked.add(pattern);
  }
  const rest = (kind: PatternKind) => patterns[kind].filter((pattern) => !marked.has(pattern)).join("\n");
  return { choices, typed: typedBy(rest) };
}

/**
 * Choices for kinds that left the log become patterns in the text areas.
 * @param movesAll whether all choices move there.
 */
export function withKinds(
  { choices, typed }: MarkedForm,
  kinds: readonly SeenKind[],
  movesAll = false,
): MarkedForm {
  const known = new Set(kinds.map(({ id }) => id));
  const kept = new Map<string, Choice>();
  const added: Omit<Marked, "field">[] = [];
  for (const [id, choice] of choices) {
    const { meaning, text } = choice;
    if (known.has(id) && !movesAll) kept.set(id, choice);
    else added.push({ kind: meaning, pattern: patternOf(text, meaning) });
  }
  const withAdded = (kind: PatternKind) => {
    const patterns = added.filter((one) => one.kind === kind).map(({ pattern }) => pattern);
    return [...new Set([...linesOf(typed[kind]), ...patterns])].join("\n");
  };
  return { choices: kept, typed: added.length > 0 ? typedBy(withAdded) : typed };
}

/** Up to this many other lines that begin alike may be failures for other reasons. */
const MANY_ALIKE = 50;

/** The pattern of a failure covers other reasons too, unless a line of another meaning begins alike. */
export function listMarked({ choices, typed }: MarkedForm, kinds: readonly SeenKind[]): Marked[] {
  function isOfOthers(id: string, head: string): boolean {
    const own = kinds.find((kind) => kind.id === id);
    const alike = kinds.filter((kind) => kind.id !== id && kind.text.startsWith(head));
    const unmarked = alike.filter((kind) => !choices.has(kind.id));
    const count = unmarked.reduce((sum, kind) => sum + kind.count, 0);
    return (
      !own ||
      alike.some((kind) => (choices.get(kind.id)?.meaning ?? "failed") !== "failed") ||
      unmarked.some(
        ({ levels, says }) => levels.join() !== own.levels.join() || says?.kind === "succeeded",
      ) ||
      count > Math.max(MANY_ALIKE, 10 * own.count)
    );
  }

  const written = PATTERN_KINDS.flatMap((kind) =>
    linesOf(typed[kind]).map((pattern) => ({ kind, pattern, field: kind })),
  );
  const chosen = [...choices].map(([id, { meaning, text }]) => ({
    kind: meaning,
    pattern: patternOf(text, meaning, (head) => isOfOthers(id, head)),
    field: `kind-${id}`,
  }));
  return [...written, ...chosen];
}

export function patternsOf(marked: readonly Marked[], timestamp: string): TaughtPatterns {
  const ofKind = (kind: PatternKind) =>
    marked.filter((one) => one.kind === kind).map(({ pattern }) => pattern);
  return patternsBy(ofKind, timestamp);
}

/** Null = none of this kind matches. */
export function findMarkedBy(marked: readonly Marked[], kind: PatternKind, line: string): Marked | null {
  const ofKind = marked.filter((one) => one.kind === kind);
  const [first] = createPatternSet(ofKind.map(({ pattern }) => pattern))(line);
  return first === undefined ? null : (ofKind[first] ?? null);
}

function patternOf(text: string, kind: PatternKind, isOfOthers?: (head: string) => boolean): string {
  return patternOfKind(text, kind === "failed", isOfOthers);
}

function typedBy(of: (kind: PatternKind) => string): Record<PatternKind, string> {
  return Object.fromEntries(PATTERN_KINDS.map((kind) => [kind, of(kind)])) as Record<PatternKind, string>;
}
