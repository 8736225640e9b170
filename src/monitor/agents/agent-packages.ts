import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import fp from "fastify-plugin";
import { Value } from "typebox/value";
import { AGENT_PACKAGES_FOLDER, AgentPackage, PACKAGE_FILES } from "../../protocol/agent-update.ts";

/** The folder of an archive in which Poswatch was handed out. */
const INCLUDED_FOLDER = join(import.meta.dirname, "../../..", AGENT_PACKAGES_FOLDER);

declare module "fastify" {
  interface FastifyInstance {
    agentPackages: AgentPackages;
  }
}

export default fp(
  async (app) => {
    app.decorate("agentPackages", createAgentPackages(app.config.dataDir));
  },
  { name: "agents" },
);

type AgentPackages = ReturnType<typeof createAgentPackages>;

/** Where the agent's package is: in the data folder, where an administrator of the machine may put one, or in the program's. */
export function packagesFolder(dataDir: string): string {
  const own = join(dataDir, AGENT_PACKAGES_FOLDER);
  const isIncluded = !existsSync(join(own, PACKAGE_FILES.facts)) && existsSync(INCLUDED_FOLDER);
  return isIncluded ? INCLUDED_FOLDER : own;
}

/** The agent package that this monitor offers. */
export function createAgentPackages(dataDir: string) {
  /** The hash of the last file, by its size, time and inode. */
  let hashed: { key: string; sha256: Promise<string> } | null = null;

  async function check(handle: FileHandle): Promise<AgentPackage | "absent" | "damaged"> {
    const found = await handle.stat();
    if (!found.isFile()) return "absent";
    const facts = await readFacts(join(packagesFolder(dataDir), PACKAGE_FILES.facts));
    if (facts?.size !== found.size) return "damaged";
    const key = `${found.size} ${found.mtimeMs} ${found.ino}`;
    if (hashed?.key !== key) hashed = { key, sha256: hashOf(handle) };
    const sha256 = await hashed.sha256.catch(() => null);
    if (sha256 === null) hashed = null;
    return sha256 === facts.sha256 ? facts : "damaged";
  }

  async function find(): Promise<AgentPackage | "absent" | "damaged"> {
    const handle = await open(join(packagesFolder(dataDir), PACKAGE_FILES.zip)).catch(() => null);
    if (!handle) return "absent";
    try {
      return await check(handle);
    } finally {
      await handle.close();
    }
  }

  return {
    folder: join(dataDir, AGENT_PACKAGES_FOLDER),
    find,
    async findOffered(): Promise<AgentPackage | null> {
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
    return null; // counts as damaged
  }
}

async function hashOf(handle: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(handle.createReadStream({ start: 0, autoClose: false }), hash);
  return hash.digest("hex");
}

/**
 * Builds the agent package and update, on Linux with the sources of Poswatch: into the folder or, for a monitor on Windows,
 * beside the sources.
 */
export function buildCommand(folder: string): string {
  const target = process.platform === "win32" ? "agent-packages" : quoted(folder);
  return `npm run build:agent -- --to ${target} --signing-key ~/poswatch-update.key`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
