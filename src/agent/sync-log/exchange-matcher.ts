import { cutText, mask } from "../../protocol/mask/mask.ts";
import { createPatternSet, type Pattern } from "../../protocol/pattern.ts";
import { requiredWords } from "../../protocol/required-words.ts";
import {
  EVENT_KINDS,
  type ExchangeEventKind,
  type ExchangePatterns,
  type LogPatterns,
} from "../config/log-patterns.ts";
import { GUESS_WORDS, guess } from "./guess/guess.ts";
import { MAX_MATCHED_LENGTH, splitHeader } from "./log-header.ts";
import type { TaughtRule, TaughtRules } from "./log-reading.ts";

const MAX_MESSAGE_LENGTH = 2_000;
/** Taught patterns see no more of a text: this length times the instructions that may be taught limits the cost of a line. */
const MAX_TAUGHT_LENGTH = 2_048;
/** Threads, classes and methods: their names say nothing about a line. */
const BRACKETS = /\[[\w.:$-]{1,100}\]/gu;
export const STACK_FRAME = /^\s+(?:at|в)\s/u;

/** `message`: what failed, at most 2,000 characters, guests masked. `isGuess`: by phrases nobody has seen in a real log. */
export type MatchedLine = { isGuess: boolean } & (
  | { kind: "failed"; message: string }
  | { kind: Exclude<ExchangeEventKind, "failed">; message: null }
);

export type ExchangeMatcher = ReturnType<typeof createExchangeMatcher>;

interface MatcherRules
  extends Pick<LogPatterns, "patterns" | "ownKinds" | "ownExcluded" | "excluded" | "timestampPattern"> {
  taught: TaughtRules | null;
}

/**
 * The POS server's own configuration counts first, then taught patterns, the profile and a guess. Any failure overrides a
 * success, and taught patterns revoke no failure.
 */
export function createExchangeMatcher({
  patterns,
  ownKinds,
  ownExcluded,
  excluded,
  timestampPattern,
  taught,
}: MatcherRules) {
  const configured = sourcesOf(patterns);
  const findConfigured = createPatternSet(configured);
  const hasTaughtWords = createWordTest(taught ? requiredWords(taught.sources) : []);
  const guessWords = EVENT_KINDS.some((kind) => patterns[kind] === null) ? GUESS_WORDS : [];
  const hasGuessWords = createWordTest(guessWords);
  const listed = requiredWords([...configured, ...(taught?.sources ?? [])]);
  /** Every line that says something contains one of these, letter case aside; null = unknown. */
  const words = listed && [...listed, ...guessWords.filter((word) => !listed.includes(word))];

  /** null = the line says nothing about the exchange with the main server. */
  function match(text: string): MatchedLine | null {
    const start = cutText(text, MAX_MATCHED_LENGTH);
    const known = matchConfigured(start);
    if (taught === null || (known === null && !hasTaughtWords(start))) return known;
    const message = taughtText(start);
    const found = taught.find(message);
    return found && chooseSaid(known, matchTaught(message, found, taught), ownKinds);
  }

  function matchConfigured(text: string): MatchedLine | null {
    const maySay = hasGuessWords(text.replace(BRACKETS, "")) || findConfigured(text).length > 0;
    return maySay ? matchRules(text) : null;
  }

  function matchTaught(message: string, found: TaughtRule[], { find }: TaughtRules): MatchedLine | null {
    const rest = without(ownExcluded, message);
    const [first] = rest === message ? found : (find(rest) ?? []);
    if (first === undefined) return null;
    const { kind } = first;
    return kind === "failed"
      ? { kind, message: findMessage(message, [first.message]), isGuess: false }
      : { kind, message: null, isGuess: false };
  }

  /** Without date and level, which every line has. */
  function taughtText(line: string): string {
    return cutText(splitHeader(line, timestampPattern).message, MAX_TAUGHT_LENGTH);
  }

  /** Whether taught patterns call a line a success, and they or others call it a failure. */
  function isContradictory(text: string): boolean {
    if (taught === null) return false;
    const start = cutText(text, MAX_MATCHED_LENGTH);
    const said = new Set(taught.find(taughtText(start))?.map(({ kind }) => kind));
    return said.has("succeeded") && (said.has("failed") || matchConfigured(start)?.kind === "failed");
  }

  function matchRules(line: string): MatchedLine | null {
    let guessed: MatchedLine | null | undefined;
    for (const kind of EVENT_KINDS) {
      const rule = patterns[kind];
      if (rule === null) {
        if (guessed === undefined) guessed = guessLine(line); // once, also when it says nothing
        if (guessed?.kind === kind) return guessed;
      } else if (rule.matched.some((pattern) => pattern.test(without(rule.excluded, line)))) {
        const { isGuess } = rule;
        return kind === "failed"
          ? { kind, message: findMessage(line, rule.matched), isGuess }
          : { kind, message: null, isGuess };
      }
    }
    return null;
  }

  function guessLine(line: string): MatchedLine | null {
    if (STACK_FRAME.test(line)) return null;
    const guessed = guess(splitHeader(without(excluded, line), timestampPattern));
    if (guessed?.kind !== "failed") return guessed && { kind: guessed.kind, message: null, isGuess: true };
    return { kind: "failed", message: toMessage(guessed.message), isGuess: true };
  }

  return { timestamp: timestampPattern, words, match, isContradictory };
}

/** @param known by the configuration, which is the POS server's own for these kinds. */
function chooseSaid(
  known: MatchedLine | null,
  learned: MatchedLine | null,
  ownKinds: readonly ExchangeEventKind[],
): MatchedLine | null {
  const isOwn = known !== null && ownKinds.includes(known.kind);
  if (isOwn && known.kind !== "succeeded") return known;
  const first = isOwn ? known : (learned ?? known);
  return [first, learned, known].find((said) => said?.kind === "failed") ?? first;
}

function sourcesOf(patterns: ExchangePatterns): string[] {
  return EVENT_KINDS.flatMap((kind) => patterns[kind]?.matched.map(({ source }) => source) ?? []);
}

function without(removed: readonly Pattern[], text: string): string {
  return removed.reduce((rest, pattern) => pattern.strip(rest), text);
}

/** A quick test whether a line may match at all. @param words null = any line may. */
function createWordTest(words: readonly string[] | null): (text: string) => boolean {
  if (words === null) return () => true;
  const pattern = new RegExp(words.length === 0 ? "(?!)" : words.join("|"), "iu");
  return (text) => pattern.test(text);
}

function findMessage(text: string, patterns: readonly (Pattern | null)[]): string {
  for (const pattern of patterns) {
    const match = pattern?.exec(text);
    if (match) return toMessage(match.groups?.message || match[0] || text);
  }
  return toMessage(text);
}

/** One printable line of at most 2,000 characters that may leave this machine: guests and secrets masked. */
export function toMessage(text: string): string {
  const printable = cutText(text, MAX_MATCHED_LENGTH).replace(/[\p{Cc}\p{Cs}]+/gu, " ");
  const message = mask(printable).trim();
  if (message.length <= MAX_MESSAGE_LENGTH) return message;
  // Half of a surrogate pair could not be encoded.
  return `${message.slice(0, MAX_MESSAGE_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
