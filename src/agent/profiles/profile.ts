import { readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
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
import { reasonInWords } from "../texts/reason-texts.ts";
import iikocard5 from "./iikocard5.json" with { type: "json" };
import rkeeper7 from "./rkeeper7.json" with { type: "json" };

const BUILT_IN: Record<string, unknown> = { iikocard5, rkeeper7 };

const ACCOUNT = "{account}";

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
    return {
      problems: [configTexts.problem("/profile", configTexts.cannotRead(file, reasonInWords(error)))],
    };
  }
}

function requireProfile(content: unknown, name: string): Profile | { problems: string[] } {
  if (validator.Check(content)) return content;
  const problems = explainErrors(content, validator.Errors(content));
  return { problems: problems.map((problem) => configTexts.inProfile(name, problem)) };
}

/** Paths of a profile with variables filled in, without those of another system. */
export function pathsHere(paths: readonly string[], variables: NodeJS.ProcessEnv = process.env): string[] {
  const expand = (path: string) =>
    path.replace(/%(\w+)%/g, (whole, name: string) => variables[name] ?? whole);
  return paths.map(expand).filter((path) => isAbsolute(path));
}

/** Where a POS server may keep its data, most likely first. */
export function dataFolderCandidates({ dataFolders, accounts }: Profile): string[] {
  return dataFolders.flatMap((folder) =>
    folder.includes(ACCOUNT) ? accounts.map((account) => folder.replace(ACCOUNT, account)) : [folder],
  );
}

/** The same in a given account's folder, wherever Windows has it. */
export function dataFoldersIn({ dataFolders }: Profile, accountFolder: string): string[] {
  const below = dataFolders.flatMap((folder) => folder.split(ACCOUNT).slice(1));
  return [...new Set(below)].map((rest) => accountFolder + rest);
}

/** The last written one, as another account may have left its own; if none exists, the first, so that messages name it. */
export async function chooseDataFolder(
  candidates: readonly string[],
  logFolder: string,
): Promise<string | undefined> {
  let chosen = candidates[0];
  let writtenAt = Number.NEGATIVE_INFINITY;
  for (const candidate of candidates) {
    const times = await Promise.all([lastWrittenAt(candidate), lastWrittenAt(join(candidate, logFolder))]);
    const latest = Math.max(...times);
    if (latest > writtenAt) [chosen, writtenAt] = [candidate, latest];
  }
  return chosen;
}

/** ms UTC of the last change to a folder or its direct content. */
async function lastWrittenAt(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => null);
  // A folder that cannot be read is no candidate; if none is left, reading the chosen one reports why.
  if (names === null) return Number.NEGATIVE_INFINITY;
  const paths = [folder, ...names.map((name) => join(folder, name))];
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => null)));
  return found.reduce(
    (latest, stats) => Math.max(latest, stats?.mtimeMs ?? latest),
    Number.NEGATIVE_INFINITY,
  );
}
