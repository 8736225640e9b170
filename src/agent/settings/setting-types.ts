import Type from "typebox";
import { configTexts } from "../texts/config-texts.ts";

export const Text = (description: string) => Type.String({ minLength: 1, maxLength: 4096, description });

export const Port = (description: string) => Type.Integer({ minimum: 1, maximum: 65_535, description });

/** Pattern: no program may take it for an option or a path. */
export const ServiceName = Type.String({
  pattern: "^[^\\s\\-/\\\\][^/\\\\]{0,255}$",
  description: "Name of a service.",
});

export const Globs = (description: string) =>
  Type.Array(Text("A glob; `**/` stands for any depth of subfolders."), { description, minItems: 1 });

export const CommandLine = (description: string) =>
  Type.Array(Type.String({ maxLength: 4096 }), {
    description: `${description} A program and its arguments; no shell is involved.`,
    minItems: 1,
  });

export const ReleaseCommands = (description: string) =>
  Type.Array(CommandLine("Ends a database server, perhaps."), { description });

const Patterns = (description: string) =>
  Type.Optional(Type.Array(Text("A regular expression; letter case does not matter."), { description }));

export const PatternLists = {
  timestamp: Type.Optional(
    Text(
      "The time at the start of a line: groups year, month, day, hour, minute, second and, if present, millisecond.",
    ),
  ),
  attempted: Patterns("Lines that say that an exchange began."),
  succeeded: Patterns("Lines that say that an exchange succeeded."),
  failed: Patterns(
    "Lines that say that an exchange failed; the group `message` is the error. Tried before the others.",
  ),
  excluded: Patterns("What says nothing: a line must match without it too."),
};

const SOURCES = ["value", "file", "log", "command"] as const;

export const ValueSource = (description: string) =>
  Type.Refine(
    Type.Object(
      {
        value: Type.Optional(Text("The value itself.")),
        file: Type.Optional(Text("A text file that contains the value, relative to the configuration file.")),
        log: Type.Optional(
          Globs("Logs of which the one that was last written to has it: the last line that fits counts."),
        ),
        command: Type.Optional(CommandLine("Prints the value.")),
        pattern: Type.Optional(
          Text("Finds the value: its first group. Without it: the first line. A log needs it."),
        ),
      },
      { additionalProperties: false, description },
    ),
    (source: Partial<Record<(typeof SOURCES)[number] | "pattern", unknown>>) =>
      SOURCES.filter((name) => source[name] !== undefined).length === 1 &&
      (source.log === undefined || source.pattern !== undefined),
    () => configTexts.valueSource,
  );
