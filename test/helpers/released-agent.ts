import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";

const ROOT = join(import.meta.dirname, "../..");
/** The last commit of version 0.1.0, before CHANGELOG.md began to tell of 0.2.0. */
const RELEASED = "98c0a7a";

/** Whether that commit cannot be had here: why, or false. */
export const noReleasedAgent =
  !hasCommit() && `the history of this repository has no commit ${RELEASED} here`;

/** Takes the agent of that version out of the history. @returns the path of its program, which runs on today's dependencies. */
export function takeReleasedAgent(t: Owner): string {
  const archive = git("archive", RELEASED, "src/agent", "src/protocol", "package.json");
  const folder = join(makeFolder(t), "poswatch");
  mkdirSync(folder);
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return join(folder, "src/agent/main.ts");
}

function hasCommit(): boolean {
  try {
    git("cat-file", "-e", `${RELEASED}^{tree}`);
    return true;
  } catch {
    return false;
  }
}

function git(...args: string[]): Buffer {
  return execFileSync("git", args, { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
}
