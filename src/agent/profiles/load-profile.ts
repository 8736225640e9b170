import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Compile } from "typebox/compile";
import { explainErrors } from "../settings/explain-errors.ts";
import { configTexts } from "../texts/config-texts.ts";
import iikocard5 from "./iikocard5.json" with { type: "json" };
import { Profile } from "./profile-schema.ts";
import rkeeper7 from "./rkeeper7.json" with { type: "json" };

export const DEFAULT_PROFILE = "iikocard5";

const BUILT_IN: Record<string, unknown> = { iikocard5, rkeeper7 };

const validator = Compile(Profile);

export async function loadProfile(
  nameOrFile: string,
  baseDirectory: string,
): Promise<Profile | { problems: string[] }> {
  if (!nameOrFile.endsWith(".json")) {
    const builtIn = BUILT_IN[nameOrFile];
    if (builtIn) return requireProfile(builtIn, nameOrFile);
    const names = Object.keys(BUILT_IN).join(", ");
    return { problems: [configTexts.problem("/profile", configTexts.unknownProfile(nameOrFile, names))] };
  }
  const file = resolve(baseDirectory, nameOrFile);
  try {
    return requireProfile(JSON.parse((await readFile(file, "utf8")).replace(/^\uFEFF/, "")), file);
  } catch (error) {
    const { message } = error as Error;
    return { problems: [configTexts.problem("/profile", configTexts.cannotRead(file, message))] };
  }
}

function requireProfile(content: unknown, name: string): Profile | { problems: string[] } {
  if (validator.Check(content)) return content;
  const problems = explainErrors(content, validator.Errors(content));
  return { problems: problems.map((problem) => configTexts.inProfile(name, problem)) };
}
