import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../../protocol/write-file-atomically.ts";
import { ifThere } from "../files/if-there.ts";

const FILE = "database-emptied-at.txt";

/**
 * Windows gives a new file the creation time of one with its name that was moved away less than 15 s before: the new
 * database would look old. @param at ms UTC.
 */
export async function rememberEmptiedAt(stateDirectory: string, at: number): Promise<void> {
  await writeFileAtomically(join(stateDirectory, FILE), `${new Date(at).toISOString()}\n`, 0o600);
}

/** To be called when an older database is back. */
export async function forgetEmptiedAt(stateDirectory: string): Promise<void> {
  await rm(join(stateDirectory, FILE), { force: true });
}

/** @returns ms UTC; null when unknown. */
export async function readEmptiedAt(stateDirectory: string): Promise<number | null> {
  const text = await ifThere(readFile(join(stateDirectory, FILE), "utf8"));
  const at = Date.parse(text?.trim() ?? "");
  return Number.isNaN(at) ? null : at;
}
