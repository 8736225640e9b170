import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";

export type SmallDisk = ReturnType<typeof mountSmallDisk>;

/** Mounts a disk in memory for a test to fill up, which only root may. */
export function mountSmallDisk(t: Owner, megabytes: number) {
  const folder = makeFolder(t);
  const options = ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder];
  const { status, stderr } = spawnSync("mount", options, { encoding: "utf8" });
  if (status !== 0) throw new Error(`A small disk cannot be mounted: ${stderr}`);
  t.teardown(() => spawnSync("umount", ["--lazy", folder]));
  const filler = join(folder, "filler");
  return {
    folder,
    /** Leaves no byte free: it writes until it cannot. */
    fill: () =>
      void spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=64K", "oflag=append", "conv=notrunc"]),
    free: () => rmSync(filler),
  };
}
