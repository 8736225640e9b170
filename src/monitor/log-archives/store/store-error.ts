import { ArchiveError } from "../outcome/failure.ts";

const FULL = ["ENOSPC", "EDQUOT"];
const UNAVAILABLE = "ENOENT ENOTDIR EACCES EPERM EROFS ENOTCONN ESTALE EHOSTDOWN ENXIO".split(" ");

/** Does something with files of the store. @throws ArchiveError for what the system refuses, without its path. */
export async function inStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw nameStoreError(error);
  }
}

function nameStoreError(error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const detail = `${error.code} (${error.syscall})`;
  if (FULL.includes(error.code)) return new ArchiveError("disk_full", detail, { cause: error });
  const code = UNAVAILABLE.includes(error.code) ? "store_unavailable" : "store_error";
  return new ArchiveError(code, detail, { cause: error });
}

/** Whether the operating system refused something. */
export function isSystemError(error: unknown): error is Error & { code: string; syscall: string } {
  return error instanceof Error && "code" in error && "syscall" in error;
}
