import { ArchiveError } from "../outcome/failure.ts";

const FULL = ["ENOSPC", "EDQUOT"];
const UNAVAILABLE = "ENOENT ENOTDIR EACCES EPERM EROFS ENOTCONN ESTALE EHOSTDOWN ENXIO".split(" ");

/** Works on files of the store. @throws ArchiveError for errors of the file system, without paths. */
export async function inStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const detail = `${error.code} (${error.syscall})`;
    if (FULL.includes(error.code)) throw new ArchiveError("disk_full", detail, { cause: error });
    const code = UNAVAILABLE.includes(error.code) ? "store_unavailable" : "store_error";
    throw new ArchiveError(code, detail, { cause: error });
  }
}

export function isSystemError(error: unknown): error is Error & { code: string; syscall: string } {
  return error instanceof Error && "code" in error && "syscall" in error;
}
