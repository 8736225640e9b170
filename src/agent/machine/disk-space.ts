import { statfs } from "node:fs/promises";

export interface DiskSpace {
  freeBytes: number;
  totalBytes: number;
}

/** The free space is what an unprivileged program can use. */
export async function readDiskSpace(directory: string): Promise<DiskSpace> {
  const stats = await statfs(directory);
  return { freeBytes: stats.bavail * stats.bsize, totalBytes: stats.blocks * stats.bsize };
}
