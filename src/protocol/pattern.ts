import { RE2JS, RE2Set } from "re2js";
import { errorText } from "./error-text.ts";

const FLAGS = RE2JS.CASE_INSENSITIVE | RE2JS.LOOKBEHINDS;

/** What a pattern found; `groups` has its named groups, undefined = took no part. */
export interface PatternMatch {
  0: string;
  1?: string | undefined;
  groups?: Record<string, string | undefined> | undefined;
}

/** A compiled pattern without regard to letter case; it takes time in proportion to the text, whatever both are. */
export interface Pattern {
  source: string;
  /** How large it is, which its source does not tell. */
  instructions: number;
  /** In parentheses, with a name or without. */
  groups: number;
  test(text: string): boolean;
  exec(text: string): PatternMatch | null;
  /** Leaves out all it finds, but for its group `kept`: that says what has to follow, in place of a lookahead. */
  strip(text: string): string;
}

/** A regular expression that JavaScript knows, but that no time limit can be given for: lookahead, backreferences. */
export class UnusablePatternError extends Error {}

/**
 * Compiles a regular expression that somebody else wrote, in the syntax of JavaScript as far as RE2 knows it.
 * @throws SyntaxError when it is none at all; UnusablePatternError when it is one that RE2 cannot run.
 */
export function compilePattern(source: string): Pattern {
  new RegExp(source, "iu");
  const compiled = compile(source);
  const isKeeping = source.includes("(?<kept>");
  const leaveOut = (text: string) =>
    compiled.test(text) ? compiled.matcher(text).replaceAll(isKeeping ? " $<kept>" : " ") : text;
  return {
    source,
    instructions: compiled.programSize(),
    groups: compiled.groupCount(),
    test: (text) => compiled.test(text),
    exec: (text) => compiled.exec(text) as PatternMatch | null,
    // What is kept may be where the next begins.
    strip: (text) => (isKeeping ? leaveOut(leaveOut(text)) : leaveOut(text)),
  };
}

/**
 * Makes one machine of patterns that compile: it reads a text once, and takes no more memory however many they are.
 * @returns what tells the places of those that match, in order.
 */
export function createPatternSet(sources: readonly string[]): (text: string) => number[] {
  const set = new RE2Set(RE2Set.UNANCHORED, FLAGS);
  for (const source of sources) set.add(RE2JS.translateRegExp(source));
  set.compile();
  return (text) => set.match(text);
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source), FLAGS);
  } catch (error) {
    throw new UnusablePatternError(errorText(error));
  }
}
