import { errorText } from "../../protocol/error-text.ts";

const CODES = ["ENOSPC", "EDQUOT", "SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"];

/** Whether an error, or one that caused it, says that a disk has no room left. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && CODES.includes(String(error.code))) || isDiskFull(error.cause);
}

/** For the owner of the machine. @param folder on the disk that is written to. */
export function explainFailure(error: unknown, folder: string): string {
  return isDiskFull(error)
    ? `The disk of ${folder} is full: free some space on it, then try again.`
    : errorText(error);
}
