import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { Value } from "typebox/value";
import {
  MAX_CODE_BYTES,
  MAX_COMPRESSED_BYTES,
  signedBytes,
  UPDATE_FILES,
  type UpdateFacts,
  UpdateManifest,
} from "../protocol/agent-update.ts";
import { errorText } from "../protocol/error-text.ts";
import { BuildError } from "./run-tool.ts";

const HOW_TO_GET = `Make one where neither the repository nor the monitor is, and keep it for good, since the agents know no other:
openssl genpkey -algorithm ed25519 -out update.key`;

/** Reads the private key that signs updates (Ed25519, PKCS#8 as PEM, without a password). @throws BuildError */
export async function readSigningKey(file: string): Promise<KeyObject> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new BuildError(`The signing key cannot be read: ${errorText(error)}\n${HOW_TO_GET}`);
  });
  const key = parsePrivateKey(text);
  if (key?.asymmetricKeyType === "ed25519") return key;
  throw new BuildError(`${file} is no private key of Ed25519 without a password.\n${HOW_TO_GET}`);
}

function parsePrivateKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey({ key: pem, format: "pem" });
  } catch {
    return null;
  }
}

/** The same code, version and key make the same bytes. @returns `compressed`: the code, by gzip. @throws BuildError */
export function signUpdate(code: Buffer, version: string, signingKey: KeyObject) {
  const sha256 = createHash("sha256").update(code).digest("hex");
  const facts: UpdateManifest = { version, sha256, size: code.length };
  const compressed = gzipSync(code, { level: 9 });
  if (code.length > MAX_CODE_BYTES || compressed.length > MAX_COMPRESSED_BYTES)
    throw new BuildError(`agent.cjs is too large for an update: ${code.length}, ${compressed.length} bytes`);
  if (!Value.Check(UpdateManifest, facts))
    throw new BuildError(
      `${version} cannot be an update: a version of three numbers is wanted, such as 1.2.3`,
    );
  const manifest = JSON.stringify(facts);
  const signature = sign(null, signedBytes(manifest), signingKey).toString("base64");
  const publicKey = createPublicKey(signingKey).export({ type: "spki", format: "der" }).toString("base64");
  return { facts: { manifest, signature, publicKey } satisfies UpdateFacts, compressed };
}

/** As the monitor offers it: the code first, so that it sees that older facts do not fit. */
export function updateFiles({ facts, compressed }: ReturnType<typeof signUpdate>): [string, Buffer][] {
  const json = Buffer.from(`${JSON.stringify(facts, null, 2)}\n`);
  return [
    [UPDATE_FILES.code, compressed],
    [UPDATE_FILES.facts, json],
  ];
}
