import { statfs } from "node:fs/promises";

export type DiskSpace = Awaited<ReturnType<typeof readDiskSpace>>;

/** The free space is what an unprivileged program can use. */
export async function readDiskSpace(directory: string) {
  const stats = await statfs(directory);
  return { freeBytes: stats.bavail * stats.bsize, totalBytes: stats.blocks * stats.bsize };
}
