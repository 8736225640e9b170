import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Value } from "typebox/value";
import { AGENT_PACKAGES_FOLDER, AgentPackage, PACKAGE_FILES } from "../../protocol/agent-package.ts";

/** A package that agents can be installed from. */
export interface OfferedPackage extends AgentPackage {
  file: string;
}

/** The package of the agent in the data folder, which an administrator of the machine puts there. */
export interface AgentPackages {
  folder: string;
  /** @returns `absent` when there is none, `damaged` when it is not what the file beside it tells. */
  find(): Promise<OfferedPackage | "absent" | "damaged">;
  /** @returns null when there is none that agents could be installed from. */
  findOffered(): Promise<OfferedPackage | null>;
}

export function createAgentPackages(dataDir: string): AgentPackages {
  const folder = join(dataDir, AGENT_PACKAGES_FOLDER);
  const file = join(folder, PACKAGE_FILES.zip);
  /** The bytes are read once for each file that is put there. */
  let looked: { at: string; sha256: Promise<string> } | null = null;

  async function find(): Promise<OfferedPackage | "absent" | "damaged"> {
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) return "absent";
    const facts = await readFacts(join(folder, PACKAGE_FILES.facts));
    if (facts?.size !== found.size) return "damaged";
    const at = `${found.size} ${found.mtimeMs} ${found.ino}`;
    if (looked?.at !== at) looked = { at, sha256: hashOf(file) };
    const sha256 = await looked.sha256.catch(() => null);
    if (sha256 === null) looked = null;
    return sha256 === facts.sha256 ? { ...facts, file } : "damaged";
  }

  return {
    folder,
    find,
    async findOffered() {
      const found = await find();
      return typeof found === "string" ? null : found;
    },
  };
}

async function readFacts(file: string): Promise<AgentPackage | null> {
  try {
    const facts: unknown = JSON.parse(await readFile(file, "utf8"));
    return Value.Check(AgentPackage, facts) ? facts : null;
  } catch {
    return null; // as good as damaged
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
