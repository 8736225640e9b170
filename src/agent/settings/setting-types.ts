import { resolve } from "node:path";
import Type, { type Static } from "typebox";
import type { TLocalizedValidationError } from "typebox/error";
import { Pointer } from "typebox/value";
import { compilePattern, type Pattern, UnusablePatternError } from "../../protocol/pattern.ts";
import { configTexts } from "../texts/config-texts.ts";

const MAX_FOUND_LENGTH = 80;
const SOURCES = ["value", "file", "log", "command"] as const;

/** A setting that is not known is an error. */
export const CLOSED = { additionalProperties: false } as const;

export const Text = Type.String({ minLength: 1, maxLength: 4096 });

export const Port = Type.Integer({ minimum: 1, maximum: 65_535 });

/** No program may take it for an option or a path. */
export const ServiceName = Type.String({ pattern: "^[^\\s\\-/\\\\][^/\\\\]{0,255}$" });

/** For the paths inside a folder. */
export const Globs = Type.Array(Text, { minItems: 1 });

/** A program and its arguments; no shell is involved. */
export const CommandLine = Type.Array(Type.String({ maxLength: 4096 }), { minItems: 1 });

/** End a database server, perhaps; a program may be a glob. */
export const ReleaseCommands = Type.Array(CommandLine);

const Patterns = Type.Optional(Type.Array(Text));

/** Regular expressions: for the time at the start of a line, which has `TIME_GROUPS`, and for lines about exchanges. */
export const PatternLists = {
  timestamp: Type.Optional(Text),
  attempted: Patterns,
  succeeded: Patterns,
  /** The group `message` is the error. Tried before the others. */
  failed: Patterns,
  /** What says nothing: a line must match without it too. */
  excluded: Patterns,
};

/** A value, or what has it: a file, the last of some logs, what a command prints; there the first group of `pattern` finds it. */
export const ValueSource = Type.Refine(
  Type.Object(
    {
      value: Type.Optional(Text),
      file: Type.Optional(Text),
      log: Type.Optional(Globs),
      command: Type.Optional(CommandLine),
      pattern: Type.Optional(Text),
    },
    CLOSED,
  ),
  (source: Partial<Record<(typeof SOURCES)[number] | "pattern", unknown>>) =>
    SOURCES.filter((name) => source[name] !== undefined).length === 1 &&
    (source.log === undefined || source.pattern !== undefined),
  () => configTexts.valueSource,
);
export type ValueSource = Static<typeof ValueSource>;

/** Where a value comes from; `pattern` finds it, null = the first line. */
export type ParsedValueSource =
  | { kind: "value"; value: string }
  | { kind: "file"; file: string; pattern: Pattern | null }
  | { kind: "log"; globs: string[]; pattern: Pattern }
  | { kind: "command"; command: string[]; pattern: Pattern | null };

/** Relative paths start at `baseDirectory`. */
export function parseValueSource(
  path: string,
  source: ValueSource,
  baseDirectory: string,
  problems: string[],
): ParsedValueSource {
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

/** Every problem of a value that does not fit its schema, in Russian, with its path. */
export function explainErrors(content: unknown, errors: readonly TLocalizedValidationError[]): string[] {
  return errors
    .filter(({ keyword }) => keyword !== "additionalProperties")
    .map((error) => configTexts.problem(error.instancePath || "/", explain(error, content)));
}

function explain(error: TLocalizedValidationError, content: unknown): string {
  if (error.keyword === "boolean") return configTexts.unknownSetting;
  if (error.keyword === "required") return configTexts.missing(error.params.requiredProperties.join(", "));
  const found = JSON.stringify(
    error.instancePath === "" ? content : Pointer.Get(content, error.instancePath),
  );
  return configTexts.expected(expectedOf(error), found.slice(0, MAX_FOUND_LENGTH));
}

function expectedOf(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case "type":
      return configTexts.type([error.params.type].flat().join(", "));
    case "minimum":
      return configTexts.atLeast(Number(error.params.limit));
    case "maximum":
      return configTexts.atMost(Number(error.params.limit));
    case "minLength":
      return configTexts.longerThan(error.params.limit);
    case "maxLength":
      return configTexts.shorterThan(error.params.limit);
    case "minItems":
      return configTexts.moreItems(error.params.limit);
    case "pattern":
      return configTexts.pattern(String(error.params.pattern));
    case "enum":
      return configTexts.oneOf(error.params.allowedValues.join(", "));
    case "~refine":
      return error.params.message;
    default:
      return error.message;
  }
}
