import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Value } from "typebox/value";
import { AGENT_PACKAGES_FOLDER, AgentPackage, PACKAGE_FILES } from "../../protocol/agent-package.ts";

interface OpenPackage extends AgentPackage {
  /** To be closed by the caller. */
  handle: FileHandle;
}

export type AgentPackages = ReturnType<typeof createAgentPackages>;

/** The agent package that an administrator of the machine puts into the data folder. */
export function createAgentPackages(dataDir: string) {
  const folder = join(dataDir, AGENT_PACKAGES_FOLDER);
  const file = join(folder, PACKAGE_FILES.zip);
  /** The hash of the last file, by its size, time and inode. */
  let hashed: { key: string; sha256: Promise<string> } | null = null;

  async function check(handle: FileHandle): Promise<AgentPackage | "absent" | "damaged"> {
    const found = await handle.stat();
    if (!found.isFile()) return "absent";
    const facts = await readFacts(join(folder, PACKAGE_FILES.facts));
    if (facts?.size !== found.size) return "damaged";
    const key = `${found.size} ${found.mtimeMs} ${found.ino}`;
    if (hashed?.key !== key) hashed = { key, sha256: hashOf(handle) };
    const sha256 = await hashed.sha256.catch(() => null);
    if (sha256 === null) hashed = null;
    return sha256 === facts.sha256 ? facts : "damaged";
  }

  async function openOffered(): Promise<OpenPackage | null> {
    const handle = await open(file).catch(() => null);
    if (!handle) return null;
    const found = await check(handle).catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    if (typeof found !== "string") return { ...found, handle };
    await handle.close();
    return null;
  }

  async function find(): Promise<AgentPackage | "absent" | "damaged"> {
    const handle = await open(file).catch(() => null);
    if (!handle) return "absent";
    try {
      return await check(handle);
    } finally {
      await handle.close();
    }
  }

  return {
    folder,
    find,
    openOffered,
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

/** Builds the agent package and update into a folder, on Linux with the sources of Poswatch. */
export function buildCommand(folder: string): string {
  return `npm run build:agent -- --to ${quoted(folder)} --signing-key ~/poswatch-update.key`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
