import { createHash, type KeyObject, verify } from "node:crypto";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { parseJson } from "./parse-json.ts";

/** Signed too, so that nothing else signed by the key passes for an update. */
const PURPOSE = "poswatch agent update\n";

/** Below `/v1`. */
export const AGENT_UPDATES_CALL = "/agent-updates";
/** Beside the package of the agent, in the data folder of the monitor. */
export const UPDATE_FILES = { facts: "update.json", code: "agent.cjs.gz" } as const;
/** Of `agent.cjs`, plain and compressed. */
export const MAX_CODE_BYTES = 8 * 1024 * 1024;
export const MAX_COMPRESSED_BYTES = 2 * 1024 * 1024;

/** What is signed, as JSON. */
export const UpdateManifest = Type.Object({
  version: Type.String({ pattern: "^\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}$" }),
  /** Of `agent.cjs`, hexadecimal. */
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  /** Bytes of `agent.cjs`. */
  size: Type.Integer({ minimum: 1, maximum: MAX_CODE_BYTES }),
});
export type UpdateManifest = Static<typeof UpdateManifest>;

const SignedManifest = {
  /** `UpdateManifest` as JSON, byte for byte as it was signed. */
  manifest: Type.String({ minLength: 1, maxLength: 1024 }),
  /** Ed25519 over the purpose and the manifest, base64. */
  signature: Type.String({ pattern: "^[A-Za-z0-9+/]{86}==$" }),
};

/** The file that describes the monitor's update. */
export const UpdateFacts = Type.Object({
  ...SignedManifest,
  /** The public key (SPKI, DER) that the agents know, base64. */
  publicKey: Type.String({ pattern: "^[A-Za-z0-9+/]{1,256}={0,2}$" }),
});
export type UpdateFacts = Static<typeof UpdateFacts>;

/** `POST /v1/agent-updates`: 202 with `UpdateTaken` once it is written; the agent then restarts as this version. */
export const AgentUpdate = Type.Object({
  ...SignedManifest,
  /** `agent.cjs`, compressed by gzip, base64. */
  code: Type.String({ minLength: 1, maxLength: Math.ceil(MAX_COMPRESSED_BYTES / 3) * 4 }),
});
export type AgentUpdate = Static<typeof AgentUpdate>;

export const UpdateTaken = Type.Object({ version: Type.String() });
export type UpdateTaken = Static<typeof UpdateTaken>;

/**
 * `not_updatable`: nothing can replace it where it runs; `rejected`: it did not start here before; `busy`: a command or the
 * sending of logs is under way.
 */
export const UPDATE_REFUSALS = [
  "not_updatable",
  "invalid_signature",
  "damaged",
  "not_newer",
  "rejected",
  "busy",
  "not_written",
] as const;
export type UpdateRefusal = (typeof UPDATE_REFUSALS)[number];

export function signedBytes(manifest: string): Buffer {
  return Buffer.from(PURPOSE + manifest);
}

/** @returns null when the signature or the content is wrong. */
export function verifyManifest(
  { manifest, signature }: Pick<AgentUpdate, "manifest" | "signature">,
  publicKey: KeyObject,
): UpdateManifest | null {
  if (publicKey.asymmetricKeyType !== "ed25519") return null;
  if (!verify(null, signedBytes(manifest), publicKey, Buffer.from(signature, "base64"))) return null;
  const said = parseJson(manifest);
  return Value.Check(UpdateManifest, said) ? said : null;
}

/** Whether this is the `agent.cjs` of a manifest. */
export function isCodeOf({ sha256, size }: UpdateManifest, code: Uint8Array): boolean {
  return code.length === size && createHash("sha256").update(code).digest("hex") === sha256;
}

/** `sha256:` and 64 hexadecimal digits of a public key (SPKI, DER). */
export function updateKeyId(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(der).digest("hex")}`;
}

export const AGENT_PACKAGE_PATH = "/agent/windows.zip";
/** In the monitor's data folder. */
export const AGENT_PACKAGES_FOLDER = "agent-packages";
export const PACKAGE_FILES = { zip: "windows.zip", facts: "windows.json" } as const;

export const AgentPackage = Type.Object({
  version: Type.String({ minLength: 1, maxLength: 64 }),
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  /** Bytes. */
  size: Type.Integer({ minimum: 1 }),
});
export type AgentPackage = Static<typeof AgentPackage>;
