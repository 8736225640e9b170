import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { errorText } from "../../protocol/error-text.ts";
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
