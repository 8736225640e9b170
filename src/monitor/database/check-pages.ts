import { errorText } from "../../protocol/error-text.ts";
import type { OpenDatabase } from "./open.ts";

/** A check takes about a millisecond for each MiB; larger databases would delay the start. */
const MAX_BYTES_AT_START = 64 * 1024 * 1024;

/** Whether a database is small enough to be checked at every start. */
export function isQuicklyChecked({ sqlite }: OpenDatabase): boolean {
  const pages = Number(sqlite.pragma("page_count", { simple: true }));
  return pages * Number(sqlite.pragma("page_size", { simple: true })) <= MAX_BYTES_AT_START;
}

/** Checks every page of the database. @throws Error with what to do when one is damaged. */
export function checkPages(sqlite: OpenDatabase["sqlite"]): void {
  const problem = findDamage(sqlite, "quick_check");
  if (problem !== null) throw new Error(explainDamage(sqlite.name, problem));
}

/** Looks for damaged pages, with `integrity_check` also for wrong indexes. @returns the first one, or null. */
export function findDamage(
  sqlite: OpenDatabase["sqlite"],
  check: "quick_check" | "integrity_check",
): string | null {
  try {
    const found = String(sqlite.pragma(`${check}(1)`, { simple: true }));
    return found === "ok" ? null : found.replace(/\s+/g, " ");
  } catch (error) {
    return errorText(error);
  }
}

/** What to do about a damaged database, and how it was noticed. */
export function explainDamage(file: string, problem: string): string {
  return `The database ${file} is damaged (${problem}). Stop Poswatch and put back the newest backup: npm run restore -- FILE, where FILE is one of the folder "backups" beside it. It keeps the damaged files.`;
}
