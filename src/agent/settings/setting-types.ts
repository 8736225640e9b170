import Type, { type Static } from "typebox";
import { configTexts } from "../texts/config-texts.ts";

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

const SOURCES = ["value", "file", "log", "command"] as const;

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
