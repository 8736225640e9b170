import { statfs } from "node:fs/promises";

export interface DiskSpace {
  freeBytes: number;
  totalBytes: number;
}

/** Space on the disk that holds a folder, as an unprivileged program can use it. */
export async function readDiskSpace(directory: string): Promise<DiskSpace> {
  const stats = await statfs(directory);
  return { freeBytes: stats.bavail * stats.bsize, totalBytes: stats.blocks * stats.bsize };
}
