import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import {
  CLOSED,
  explainErrors,
  Globs,
  PatternLists,
  Port,
  ReleaseCommands,
  ServiceName,
  Text,
  ValueSource,
} from "../settings/setting-types.ts";
import { configTexts } from "../texts/config-texts.ts";
import iikocard5 from "./iikocard5.json" with { type: "json" };
import rkeeper7 from "./rkeeper7.json" with { type: "json" };

const BUILT_IN: Record<string, unknown> = { iikocard5, rkeeper7 };

export const Profile = Type.Object(
  {
    /** How it is chosen in a configuration; the monitor refuses reports with a longer one. */
    name: Type.String({ minLength: 1, maxLength: 64 }),
    /** What it is called for people. */
    title: Text,
    /** Whether it was ever used beside such a POS server. */
    isTried: Type.Boolean(),
    /** The first one that is installed counts; without any the configuration has to name it. */
    service: Type.Object({ names: Type.Array(ServiceName) }, CLOSED),
    /** Those that the service may run under: they decide where its data lie. */
    accounts: Type.Array(Text),
    /** Of those that exist the last written one counts. `{account}` stands for each account, `%NAME%` for a variable. */
    dataFolders: Type.Array(Text),
    /** Where it stands, if it does. */
    crmId: Type.Optional(ValueSource),
    /** Without lists of patterns general phrases are looked for. */
    logs: Type.Object(
      {
        /** In the data folder. */
        folder: Type.String({ maxLength: 4096 }),
        files: Globs,
        ...PatternLists,
        /** The real log that the patterns were read from (`2026-11-28`), and the POS server's version; without it they guess. */
        readFrom: Type.Optional(Type.Object({ date: Text, version: Text }, CLOSED)),
      },
      CLOSED,
    ),
    /** Files in the data folder; what a reset runs when a program still has them open. */
    database: Type.Object({ files: Globs, releaseCommands: Type.Optional(ReleaseCommands) }, CLOSED),
    checks: Type.Object(
      {
        /** Where it answers the tills by HTTP. */
        port: Type.Optional(Port),
        /** The address that its account must have the right to listen at. */
        urlAcl: Type.Optional(Text),
        mainServerPort: Type.Optional(Port),
        /** Of the main server's message queue. */
        amqpPort: Type.Optional(Port),
      },
      CLOSED,
    ),
  },
  CLOSED,
);
export type Profile = Static<typeof Profile>;

export const DEFAULT_PROFILE = "iikocard5";

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
