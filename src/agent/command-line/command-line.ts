import { parseArgs } from "node:util";
import { errorText } from "../../protocol/error-text.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";

type Command =
  | "serve"
  | "enroll"
  | "pairing"
  | "quarantine list"
  | "quarantine restore"
  | "check"
  | "firewall";

export type CommandLine = ReturnType<typeof parseCommandLine>;

export class UsageError extends Error {}

/** @param args after the program. @returns `code` as pasted: a secret. @throws UsageError, with a text for whoever typed it. */
export function parseCommandLine(args: string[]) {
  const { values, positionals } = parseOptions(args);
  const { config: configFile, code = "" } = values;
  if (!configFile) throw new UsageError(commandLineTexts.configMissing);
  // The other words may be a code, which must not be printed.
  if (positionals.includes("enroll") && (positionals.length > 1 || code === ""))
    throw new UsageError(commandLineTexts.codeMissing);
  const command = findCommand(positionals, values.check);
  if (!command) throw new UsageError(commandLineTexts.unexpected(positionals.join(" ")));
  if (code !== "" && command !== "enroll") throw new UsageError(commandLineTexts.codeElsewhere);
  return { command, configFile, code, time: positionals[2] ?? "" };
}

function findCommand(words: string[], isCheck: boolean): Command | null {
  const [first, second] = words;
  if (isCheck) return words.length === 0 ? "check" : null;
  if (words.length === 0) return "serve";
  if (words.length === 1 && (first === "enroll" || first === "pairing" || first === "firewall")) return first;
  if (words.length === 2 && first === "quarantine" && second === "list") return "quarantine list";
  if (words.length === 3 && first === "quarantine" && second === "restore") return "quarantine restore";
  return null;
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        config: { type: "string" },
        code: { type: "string" },
        check: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(commandLineTexts.malformed(errorText(error).split(". ", 1).join()));
  }
}
