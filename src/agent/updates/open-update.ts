import { createPublicKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import {
  type AgentUpdate,
  isCodeOf,
  type UpdateRefusal,
  verifyManifest,
} from "../../protocol/agent-update.ts";

const decompress = promisify(gunzip);
const REASONS: Record<UpdateRefusal, string> = {
  not_updatable: "Nothing can replace this agent where it runs.",
  invalid_signature: "This was not signed by the key that this agent knows.",
  damaged: "The code is not that of the manifest.",
  not_newer: "This agent has that version, or a later one.",
  rejected: "That version did not start here before.",
  busy: "Something else is under way on this POS server.",
  not_written: "The update cannot be written.",
};

export type OpenedUpdate = Awaited<ReturnType<typeof openUpdate>>;

/** Verifies the signature of an update and unpacks it. @returns `code`: `agent.cjs`. @throws UpdateRefusedError */
export async function openUpdate(update: AgentUpdate, key: KeyObject) {
  const manifest = verifyManifest(update, key);
  if (!manifest) throw new UpdateRefusedError("invalid_signature");
  const options = { maxOutputLength: manifest.size };
  const code = await decompress(Buffer.from(update.code, "base64"), options).catch(() => null);
  if (code && isCodeOf(manifest, code)) return { version: manifest.version, code };
  throw new UpdateRefusedError("damaged");
}

/** Its message is the answer to the monitor. */
export class UpdateRefusedError extends Error {
  readonly refusal: UpdateRefusal;

  constructor(refusal: UpdateRefusal, message = REASONS[refusal]) {
    super(message);
    this.refusal = refusal;
  }
}

/** SPKI, base64; `packaging/bundle-agent.ts` puts the key in place of this name. */
declare const POSWATCH_UPDATE_KEY: string | null;

/** The key that signs this agent's updates; null = built without one, or run from source. */
export function readEmbeddedKey(): KeyObject | null {
  const key = typeof POSWATCH_UPDATE_KEY === "undefined" ? null : POSWATCH_UPDATE_KEY;
  return key === null
    ? null
    : createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" });
}
