import { KEPT_CONNECTIONS_SHARE, MAX_KEPT_CONNECTIONS, OPEN_FILES_WHERE_UNKNOWN } from "../calls/limits.ts";

/** How many files this process may have open; an assumption where the system sets no such limit (Windows). */
export function readOpenFilesLimit(): number {
  limit ??= findLimit();
  return limit;
}

let limit: number | null = null;

function findLimit(): number {
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | string } };
  };
  const soft = userLimits?.open_files?.soft;
  if (soft === "unlimited") return Number.POSITIVE_INFINITY;
  return typeof soft === "number" ? soft : OPEN_FILES_WHERE_UNKNOWN;
}

/** Tells whether a fleet is small enough to keep a connection to each POS server. */
export function canKeepConnections(posServerCount: number, openFilesLimit: number): boolean {
  return posServerCount <= Math.min(openFilesLimit * KEPT_CONNECTIONS_SHARE, MAX_KEPT_CONNECTIONS);
}
