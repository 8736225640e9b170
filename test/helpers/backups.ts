import { join } from "node:path";
import SQLite from "better-sqlite3";
import type { Test } from "tap";
import { runPoswatch } from "./program.ts";

/** Runs `npm run backup` or `npm run restore` to its end. @returns its exit code and what it printed. */
export async function runCommand(t: Test, name: "backup" | "restore", dataDir: string, ...args: string[]) {
  return await runPoswatch(t, [name, ...args], { env: { DATA_DIR: dataDir } });
}

/** Makes a backup of a data folder. @returns its file. */
export async function backUp(t: Test, dataDir: string, ...args: string[]): Promise<string> {
  const { code, output } = await runCommand(t, "backup", dataDir, ...args);
  const file = output.match(/^(\/.+\.backup) \(\d+ bytes\) is whole\./)?.[1];
  if (code !== 0 || !file) throw new Error(output);
  return file;
}

/** What a query finds in a file that nobody writes: the first column of its rows. */
export function queryFile(file: string, query: string): unknown[] {
  const sqlite = new SQLite(file, { readonly: true });
  try {
    return sqlite.prepare(query).pluck().all();
  } finally {
    sqlite.close();
  }
}

export const databaseIn = (dataDir: string): string => join(dataDir, "poswatch.db");
