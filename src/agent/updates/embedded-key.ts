import { createPublicKey, type KeyObject } from "node:crypto";

/** SPKI, base64; the bundle has it in place of this name (`packaging/bundle-agent.ts`). */
declare const POSWATCH_UPDATE_KEY: string | null;

/** The key by which updates of this agent are signed; null = it was built without one, or runs from source. */
export function readEmbeddedKey(): KeyObject | null {
  const key = typeof POSWATCH_UPDATE_KEY === "undefined" ? null : POSWATCH_UPDATE_KEY;
  return key === null
    ? null
    : createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" });
}
