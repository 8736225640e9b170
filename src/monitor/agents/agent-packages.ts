import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Value } from "typebox/value";
import { AGENT_PACKAGES_FOLDER, AgentPackage, PACKAGE_FILES } from "../../protocol/agent-package.ts";

/** A package that agents can be installed from, as it was when it was opened. */
interface OpenPackage extends AgentPackage {
  /** Whoever opens it closes it. */
  handle: FileHandle;
}

export type AgentPackages = ReturnType<typeof createAgentPackages>;

/** The package of the agent in the data folder, which an administrator of the machine puts there. */
export function createAgentPackages(dataDir: string) {
  const folder = join(dataDir, AGENT_PACKAGES_FOLDER);
  const file = join(folder, PACKAGE_FILES.zip);
  /** The bytes are read once for each file that is put there. */
  let looked: { at: string; sha256: Promise<string> } | null = null;

  async function look(handle: FileHandle): Promise<AgentPackage | "absent" | "damaged"> {
    const found = await handle.stat();
    if (!found.isFile()) return "absent";
    const facts = await readFacts(join(folder, PACKAGE_FILES.facts));
    if (facts?.size !== found.size) return "damaged";
    const at = `${found.size} ${found.mtimeMs} ${found.ino}`;
    if (looked?.at !== at) looked = { at, sha256: hashOf(handle) };
    const sha256 = await looked.sha256.catch(() => null);
    if (sha256 === null) looked = null;
    return sha256 === facts.sha256 ? facts : "damaged";
  }

  /** Finds what is offered, to be read. */
  async function openOffered(): Promise<OpenPackage | null> {
    const handle = await open(file).catch(() => null);
    if (!handle) return null;
    const found = await look(handle).catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    if (typeof found !== "string") return { ...found, handle };
    await handle.close();
    return null;
  }

  /** @returns `absent` when there is none, `damaged` when it is not what the file beside it tells. */
  async function find(): Promise<AgentPackage | "absent" | "damaged"> {
    const handle = await open(file).catch(() => null);
    if (!handle) return "absent";
    try {
      return await look(handle);
    } finally {
      await handle.close();
    }
  }

  return {
    folder,
    find,
    openOffered,
    /** @returns null when there is none that agents could be installed from. */
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
    return null; // as good as damaged
  }
}

async function hashOf(handle: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(handle.createReadStream({ start: 0, autoClose: false }), hash);
  return hash.digest("hex");
}

/** The line that builds the package of the agent and its update into a folder, on Linux with the sources of Poswatch. */
export function buildCommand(folder: string): string {
  return `npm run build:agent -- --to ${quoted(folder)} --signing-key ~/poswatch-update.key`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
