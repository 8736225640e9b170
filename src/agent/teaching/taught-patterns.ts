import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkPatterns } from "../../protocol/check-patterns.ts";
import { errorText } from "../../protocol/error-text.ts";
import { writeFileAtomically } from "../../protocol/files.ts";
import { configurationId, isTaughtPatterns, type TaughtPatterns } from "../../protocol/log-patterns.ts";
import { TIME_GROUPS } from "../../protocol/time-formats.ts";
import type { UnusablePattern } from "../config/log-patterns.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { compileTaught, type TaughtRules } from "../sync-log/log-reading.ts";

const FILE = "taught-patterns.json";
const PROBLEM = "taught patterns";
const LISTS = ["attempted", "succeeded", "failed", "excluded"] as const;

export interface Taught {
  /** null = nothing was taught, or it cannot be used. */
  configurationId: string | null;
  rules: TaughtRules | null;
  unusablePatterns: UnusablePattern[];
}

export type TaughtPatternsStore = Awaited<ReturnType<typeof openTaughtPatterns>>;

/** Its message says which taught pattern cannot be used, such as `/failed/0`, and why. */
export class TaughtPatternError extends Error {}

/** Compiles patterns and checks how long they may take. @throws TaughtPatternError */
export async function checkTaught(lists: TaughtPatterns): Promise<TaughtRules> {
  const { timestamp } = lists;
  const patterns = [
    ...LISTS.flatMap((name) => lists[name].map((source, index) => ({ source, place: `/${name}/${index}` }))),
    ...(timestamp === undefined ? [] : [{ source: timestamp, place: "/timestamp" }]),
  ];
  const missing = TIME_GROUPS.find((group) => timestamp?.includes(`(?<${group}>`) === false);
  if (missing) throw new TaughtPatternError(`/timestamp has no group ${missing}`);
  const problems = await checkPatterns(patterns.map(({ source }) => source));
  const problem = problems.find(({ fault }) => fault !== "too_general");
  if (problem) throw new TaughtPatternError(`${patterns[problem.index]?.place}: ${problem.reason}`);
  return compileTaught(lists);
}

/** Stored patterns that cannot be used are reported and left out. */
export async function openTaughtPatterns(stateDirectory: string, problems: ProblemLog) {
  const file = join(stateDirectory, FILE);
  let current = await readKept();
  let taking = Promise.resolve();

  return {
    /** A new object after each change. */
    current: () => current,
    /** null = none; if it fails the old ones stay, the last call wins. @throws TaughtPatternError, or when they cannot be stored. */
    take: (lists: TaughtPatterns | null) => (taking = taking.catch(() => {}).then(() => replace(lists))),
  };

  async function replace(lists: TaughtPatterns | null): Promise<void> {
    const rules = lists && (await checkTaught(lists));
    if (lists === null) await rm(file, { force: true });
    else await writeFileAtomically(file, `${JSON.stringify(lists, null, 2)}\n`, 0o600);
    current = { configurationId: configurationId(lists), rules, unusablePatterns: [] };
    problems.set(PROBLEM, null);
  }

  async function readKept(): Promise<Taught> {
    const nothing = { configurationId: null, rules: null, unusablePatterns: [] };
    try {
      const lists: unknown = JSON.parse(await readFile(file, "utf8"));
      if (!isTaughtPatterns(lists)) throw new Error(`${file} is not what was written there`);
      return { ...nothing, configurationId: configurationId(lists), rules: await checkTaught(lists) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return nothing;
      const reason = errorText(error);
      problems.set(PROBLEM, reason);
      return { ...nothing, unusablePatterns: [{ path: "taught", reason }] };
    }
  }
}
