import { resolve } from "node:path";
import { compilePattern, type Pattern, UnusablePatternError } from "../../protocol/pattern.ts";
import type { ValueSource as ValueSourceFile } from "../settings/setting-types.ts";
import { configTexts } from "../texts/config-texts.ts";

/** Where a value comes from; `pattern` finds it, null = the first line. */
export type ValueSource =
  | { kind: "value"; value: string }
  | { kind: "file"; file: string; pattern: Pattern | null }
  | { kind: "log"; globs: string[]; pattern: Pattern }
  | { kind: "command"; command: string[]; pattern: Pattern | null };

/** Relative paths start at `baseDirectory`. */
export function parseValueSource(
  path: string,
  source: ValueSourceFile,
  baseDirectory: string,
  problems: string[],
): ValueSource {
  const pattern =
    source.pattern === undefined ? null : compileValuePattern(`${path}/pattern`, source.pattern, problems);
  const absolute = (file: string) => resolve(baseDirectory, file);
  if (source.file !== undefined) return { kind: "file", file: absolute(source.file), pattern };
  if (source.log !== undefined && pattern) return { kind: "log", globs: source.log.map(absolute), pattern };
  if (source.command !== undefined) return { kind: "command", command: source.command, pattern };
  return { kind: "value", value: source.value ?? "" };
}

/** A pattern that may take too long is no reason not to start: its value is unknown then. */
function compileValuePattern(path: string, source: string, problems: string[]): Pattern {
  try {
    return compilePattern(source);
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof UnusablePatternError))
      problems.push(configTexts.problem(path, configTexts.badPattern(message)));
    return unusablePattern(source, `${path} cannot be used: ${message}`);
  }
}

function unusablePattern(source: string, reason: string): Pattern {
  const refuse = () => {
    throw new Error(reason);
  };
  return { source, instructions: 0, groups: 0, test: refuse, exec: refuse, strip: refuse };
}
