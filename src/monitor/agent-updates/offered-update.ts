import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Value } from "typebox/value";
import {
  AGENT_PACKAGES_FOLDER,
  isCodeOf,
  MAX_CODE_BYTES,
  MAX_COMPRESSED_BYTES,
  UPDATE_FILES,
  UpdateFacts,
  updateKeyId,
  verifyManifest,
} from "../../protocol/agent-update.ts";
import { parseJson } from "../../protocol/parse-json.ts";
import { packagesFolder } from "../agents/agent-packages.ts";

const inflate = promisify(gunzip);

/** `keyId` as `updateKeyId` of the protocol; `size` in bytes, as sent to agents. */
export type OfferedUpdate = NonNullable<Awaited<ReturnType<typeof readUpdate>>>;
export type OfferedUpdates = ReturnType<typeof createOfferedUpdates>;

/** The update that came with the agent's package. */
export function createOfferedUpdates(dataDir: string) {
  let known: { facts: string; update: OfferedUpdate } | null = null;

  return {
    folder: join(dataDir, AGENT_PACKAGES_FOLDER),
    /** `damaged`: it does not match its signed manifest. */
    async find(): Promise<OfferedUpdate | "absent" | "damaged"> {
      const folder = packagesFolder(dataDir);
      const facts = await readFile(join(folder, UPDATE_FILES.facts), "utf8").catch(() => null);
      if (facts === null) return "absent";
      if (known?.facts === facts) return known.update;
      const update = await readUpdate(facts, join(folder, UPDATE_FILES.code)).catch(() => null);
      if (update !== null) known = { facts, update };
      return update ?? "damaged";
    },
  };
}

/** null = agents would not accept it. @throws when a file cannot be read, or the key is invalid. */
async function readUpdate(text: string, codeFile: string) {
  const facts = parseJson(text);
  if (!Value.Check(UpdateFacts, facts)) return null;
  const { manifest, signature } = facts;
  const publicKey = createPublicKey({
    key: Buffer.from(facts.publicKey, "base64"),
    format: "der",
    type: "spki",
  });
  const said = verifyManifest(facts, publicKey);
  const compressed = await readFile(codeFile);
  if (said === null || compressed.length > MAX_COMPRESSED_BYTES) return null;
  if (!isCodeOf(said, await inflate(compressed, { maxOutputLength: MAX_CODE_BYTES }))) return null;
  return {
    version: said.version,
    sha256: said.sha256,
    keyId: updateKeyId(publicKey),
    size: compressed.length,
    content: { manifest, signature, code: compressed.toString("base64") },
  };
}
