import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import {
  type AgentUpdate,
  isCodeOf,
  type UpdateManifest,
  verifyManifest,
} from "../../protocol/agent-update.ts";
import { UpdateRefusedError } from "./update-refused-error.ts";

const decompress = promisify(gunzip);

export interface OpenedUpdate {
  version: string;
  /** `agent.cjs` */
  code: Buffer;
}

/** Looks whether an update is what the owner of the key has signed. @throws UpdateRefusedError */
export async function openUpdate(update: AgentUpdate, key: KeyObject): Promise<OpenedUpdate> {
  const manifest = verifyManifest(update, key);
  if (!manifest) throw new UpdateRefusedError("invalid_signature");
  return { version: manifest.version, code: await codeOf(manifest, update.code) };
}

async function codeOf(manifest: UpdateManifest, compressed: string): Promise<Buffer> {
  const { size } = manifest;
  const code = await decompress(Buffer.from(compressed, "base64"), { maxOutputLength: size }).catch(
    () => null,
  );
  if (code && isCodeOf(manifest, code)) return code;
  throw new UpdateRefusedError("damaged");
}
