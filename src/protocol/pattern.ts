import { RE2JS, RE2Set } from "re2js";
import { errorText } from "./error-text.ts";

/** By its own estimate: it takes three times as much, and 8 MiB unless told. */
const MAX_CACHE_BYTES = 2 * 1024 * 1024;
const FLAGS = RE2JS.CASE_INSENSITIVE | RE2JS.LOOKBEHINDS;

/** `groups`: the named groups, undefined = not part of the match. */
interface PatternMatch {
  0: string;
  1?: string | undefined;
  groups?: Record<string, string | undefined> | undefined;
}

/** Ignores case; its time is always proportional to the text. */
export interface Pattern {
  source: string;
  /** The size of the compiled program. */
  instructions: number;
  groups: number;
  test(text: string): boolean;
  exec(text: string): PatternMatch | null;
  /** Removes all matches except their group `kept`, which replaces a lookahead. */
  strip(text: string): string;
}

/** A valid regular expression whose time is unlimited: it has a lookahead or a backreference. */
export class UnusablePatternError extends Error {}

/** @throws SyntaxError when it is no JavaScript pattern; UnusablePatternError when RE2 cannot run it. */
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
    // The kept text may be the beginning of the next match.
    strip: (text) => (isKeeping ? leaveOut(leaveOut(text)) : leaveOut(text)),
  };
}

/** Reads a text only once for all patterns. @returns a function that lists the indices of the matching ones, in order. */
export function createPatternSet(sources: readonly string[]): (text: string) => number[] {
  if (sources.length === 0) return () => [];
  const set = new RE2Set(RE2Set.UNANCHORED, FLAGS, MAX_CACHE_BYTES);
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
