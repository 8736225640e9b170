import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";

/** A disk of its own, which a test fills up. */
export interface SmallDisk {
  folder: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Makes room again. */
  free(): void;
}

/** Mounts a file system in memory, which only root may. */
export function mountSmallDisk(t: Owner, megabytes: number): SmallDisk {
  const folder = makeFolder(t);
  const options = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder];
  const { status, stderr } = spawnSync("mount", options, { encoding: "utf8" });
  if (status !== 0) throw new Error(`A small disk cannot be mounted: ${stderr}`);
  t.teardown(() => spawnSync("umount", ["--lazy", folder]));
  const filler = join(folder, "filler");
  return {
    folder,
    fill() {
      const handle = openSync(filler, "a");
      try {
        for (const bytes of [1024 * 1024, 4096, 1]) writeUntilFull(handle, Buffer.alloc(bytes));
      } finally {
        closeSync(handle);
      }
    },
    free: () => rmSync(filler),
  };
}

function writeUntilFull(handle: number, chunk: Buffer): void {
  for (;;) {
    try {
      if (writeSync(handle, chunk) < chunk.length) return;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOSPC") return;
      throw error;
    }
  }
}
