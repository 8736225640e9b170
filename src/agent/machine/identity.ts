import { randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { normalizeFingerprint } from "../../protocol/pairing-string.ts";
import { writeFileAtomically } from "../files/write-file-atomically.ts";
import { readMachineIdHash } from "./machine-id.ts";

const IDENTITY_FILE = "identity.json";
const TOKEN_BYTES = 32;
const CERTIFICATE_YEARS = 30;

const StoredIdentity = Type.Object({
  posServerId: Type.String({ minLength: 36, maxLength: 36 }),
  token: Type.String({ minLength: 43 }),
  privateKey: Type.String({ minLength: 1 }),
  certificate: Type.String({ minLength: 1 }),
  machineIdHash: Type.Union([Type.String(), Type.Null()]),
});
type StoredIdentity = Static<typeof StoredIdentity>;

/** Who this agent is: all of it but `posServerId` and `fingerprint` is secret. */
export interface Identity {
  posServerId: string;
  token: string;
  /** PEM. */
  privateKey: string;
  /** PEM. */
  certificate: string;
  /** `sha256:<hex>` of the certificate. */
  fingerprint: string;
  /** Why it was made just now; null = it was there already. */
  madeBecause: "first_start" | "machine_changed" | null;
}

/**
 * Reads the identity from the state folder, or makes it on the first start and on another machine.
 * @throws when the file is there but damaged: a new identity would silently lose the pairing.
 */
export async function loadIdentity(
  stateDirectory: string,
  readMachine: () => Promise<string | null> = readMachineIdHash,
): Promise<Identity> {
  const file = join(stateDirectory, IDENTITY_FILE);
  const machineIdHash = await readMachine();
  const stored = await readStoredIdentity(file);
  if (stored && isSameMachine(stored.machineIdHash, machineIdHash)) return toIdentity(stored, null);

  const made = await makeIdentity(machineIdHash);
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  await writeFileAtomically(file, `${JSON.stringify(made, null, 2)}\n`, 0o600);
  return toIdentity(made, stored ? "machine_changed" : "first_start");
}

const validator = Compile(StoredIdentity);

async function readStoredIdentity(file: string): Promise<StoredIdentity | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const content = parseJson(text);
  if (validator.Check(content) && isCertificate(content.certificate)) return content;
  throw new Error(
    `${file} is damaged. Restore it from a backup, or delete it: the agent then makes a new identity and has to be paired again.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of JSON.parse may quote the token; the caller says which file is damaged.
    return null;
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey !== undefined;
  } catch {
    return false;
  }
}

function isSameMachine(storedHash: string | null, currentHash: string | null): boolean {
  return storedHash === null || currentHash === null || storedHash === currentHash;
}

async function makeIdentity(machineIdHash: string | null): Promise<StoredIdentity> {
  const posServerId = randomUUID();
  const notAfterDate = new Date();
  notAfterDate.setFullYear(notAfterDate.getFullYear() + CERTIFICATE_YEARS);
  const { generate } = await import("selfsigned"); // only the first start needs it
  const pair = await generate([{ name: "commonName", value: `poswatch-agent-${posServerId}` }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    // A POS server whose clock runs behind would otherwise make a certificate of the future.
    notBeforeDate: new Date(0),
    notAfterDate,
  });
  return {
    posServerId,
    token: randomBytes(TOKEN_BYTES).toString("base64url"),
    privateKey: pair.private,
    certificate: pair.cert,
    machineIdHash,
  };
}

function toIdentity(stored: StoredIdentity, madeBecause: Identity["madeBecause"]): Identity {
  const { posServerId, token, privateKey, certificate } = stored;
  const fingerprint = normalizeFingerprint(new X509Certificate(certificate).fingerprint256);
  if (!fingerprint) throw new Error("The certificate of the agent has no SHA-256 fingerprint");
  return { posServerId, token, privateKey, certificate, fingerprint, madeBecause };
}
