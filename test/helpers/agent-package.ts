import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_PACKAGES_FOLDER, PACKAGE_FILES } from "../../src/protocol/agent-update.ts";

/** The bytes of a package that holds nothing, and what tells it. */
export const ZIP = Buffer.from("PK, as if it were a zip");
const sha256 = createHash("sha256").update(ZIP).digest("hex");
export const FACTS = { version: "0.2.0", sha256, size: ZIP.length };

/** Puts a package of the agent where a monitor offers it, by default a right one. @returns the folder that it lies in. */
export function offerPackage(
  { dataDir }: { dataDir: string },
  { zip = ZIP, facts = FACTS }: { zip?: Buffer; facts?: unknown } = {},
): string {
  const folder = join(dataDir, AGENT_PACKAGES_FOLDER);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, PACKAGE_FILES.zip), zip);
  writeFileSync(join(folder, PACKAGE_FILES.facts), JSON.stringify(facts));
  return folder;
}
