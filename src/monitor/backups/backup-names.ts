import { readdir } from "node:fs/promises";
import { join } from "node:path";

const NIGHTLY = /^poswatch-[\dTZ-]+-nightly\.backup$/;

/** Beside them lie the copies that migrations keep. */
export function backupFolder(dataDir: string): string {
  return join(dataDir, "backups");
}

/** `at`: ms UTC. Those of the night are named apart, since they alone are removed by themselves. */
export function backupName(at: number, kind: "nightly" | "by hand"): string {
  const time = new Date(at).toISOString().replace(/\.\d+/, "").replaceAll(":", "-");
  return `poswatch-${time}${kind === "nightly" ? "-nightly" : ""}.backup`;
}

/** The backups of the nights in a folder, oldest first. */
export async function listNightlyBackups(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => NIGHTLY.test(name)).sort();
}
