import { errorText } from "../../protocol/error-text.ts";
import { runInWorker } from "../../protocol/run-in-worker.ts";
import { callOf } from "../translations/call-of.ts";
import type { OpenDatabase } from "./open.ts";

const CHECK_WORKER = new URL("./check-worker.ts", import.meta.url);
const CHECK_LIMITS = { timeoutMs: 10 * 60_000, maxHeapMegabytes: 32 };
/** A check takes about a millisecond for each MiB; larger databases would delay the start. */
const MAX_BYTES_AT_START = 16 * 1024 * 1024;

export function isLarge({ sqlite }: OpenDatabase): boolean {
  const pages = Number(sqlite.pragma("page_count", { simple: true }));
  return pages * Number(sqlite.pragma("page_size", { simple: true })) > MAX_BYTES_AT_START;
}

/** @throws with what to do when a page is damaged. */
export function checkPages(sqlite: OpenDatabase["sqlite"]): void {
  const problem = findDamage(sqlite, "quick_check");
  if (problem !== null) throw new Error(explainDamage(sqlite.name, problem));
}

/** A quick check, while others work. @returns the first damage, or null. */
export async function findDamageInWorker(file: string): Promise<string | null> {
  return await runInWorker<string | null>(CHECK_WORKER, file, CHECK_LIMITS);
}

/** `integrity_check` also finds wrong indexes. @returns the first damage, or null. */
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

/** Says what to do. @param problem how the damage was noticed. */
export function explainDamage(file: string, problem: string): string {
  return `The database ${file} is damaged (${problem}). Stop Poswatch and put back the newest backup: ${callOf("restore")} FILE, where FILE is one of the folder "backups" beside it. It keeps the damaged files.`;
}
