import { basename, dirname, join } from "node:path";
import { isUnderHost } from "../machine/service-host.ts";

const PROGRAM = "agent.cjs";
const VERSIONS = "versions";

/** Where the native host runs the agent from, which looks there for what to run next. */
export interface Installation {
  /** That of the host, with `current.txt` and the like. */
  folder: string;
  /** The folder of the version that runs, by which the host knows it. */
  version: string;
}

/** @returns null when nothing would run another version: without the host, or from elsewhere than `versions/VERSION/agent.cjs`. */
export function findInstallation(program = process.argv[1] ?? ""): Installation | null {
  const own = dirname(program);
  const versions = dirname(own);
  if (!isUnderHost() || basename(program) !== PROGRAM || basename(versions) !== VERSIONS) return null;
  return { folder: dirname(versions), version: basename(own) };
}

/** The folder of all versions. */
export function versionsIn(folder: string): string {
  return join(folder, VERSIONS);
}

/** What the host runs of a version. */
export function programOf(folder: string, version: string): string {
  return join(versionsIn(folder), version, PROGRAM);
}
