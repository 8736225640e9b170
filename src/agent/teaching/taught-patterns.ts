import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "../../protocol/error-text.ts";
import { configurationId, isTaughtPatterns, type TaughtPatterns } from "../../protocol/log-patterns.ts";
import { writeFileAtomically } from "../files/write-file-atomically.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { compileTaught, type TaughtRules } from "../sync-log/taught-rules.ts";

const FILE = "taught-patterns.json";
const PROBLEM = "taught patterns";

/** What the monitor taught this agent about its log; kept in the state folder, beside the configuration. */
export interface TaughtPatternsStore {
  rules(): TaughtRules | null;
  /** null = nothing was taught. */
  configurationId(): string | null;
  /** Takes other patterns, null = none; those that worked stay when these do not. @throws TaughtPatternError, or when they cannot be kept. */
  take(lists: TaughtPatterns | null): Promise<void>;
}

/** Reads what was taught before; what cannot be read or no longer works is told and left out. */
export async function openTaughtPatterns(
  stateDirectory: string,
  problems: ProblemLog,
): Promise<TaughtPatternsStore> {
  const file = join(stateDirectory, FILE);
  let current = await readKept(file, problems);

  return {
    rules: () => current?.rules ?? null,
    configurationId: () => configurationId(current?.lists ?? null),
    async take(lists) {
      const next = lists && { lists, rules: compileTaught(lists) };
      if (lists === null) await rm(file, { force: true });
      else await writeFileAtomically(file, `${JSON.stringify(lists, null, 2)}\n`, 0o600);
      current = next;
      problems.set(PROBLEM, null);
    },
  };
}

async function readKept(
  file: string,
  problems: ProblemLog,
): Promise<{ lists: TaughtPatterns; rules: TaughtRules } | null> {
  try {
    const lists: unknown = JSON.parse(await readFile(file, "utf8"));
    if (!isTaughtPatterns(lists)) throw new Error(`${file} is not what was written there`);
    return { lists, rules: compileTaught(lists) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") problems.set(PROBLEM, errorText(error));
    return null;
  }
}
