import { randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { makeSelfSignedCertificate } from "../../protocol/certificates.ts";
import { Nullable } from "../../protocol/field-types.ts";
import { writeFileAtomically } from "../../protocol/files.ts";
import { normalizeFingerprint } from "../../protocol/pairing-string.ts";
import { readJsonFile } from "../files/files.ts";
import { type Machine, readMachine } from "./machine-id.ts";

const TOKEN_BYTES = 32;
const CERTIFICATE_YEARS = 30;

const StoredIdentity = Type.Object({
  posServerId: Type.String({ minLength: 36, maxLength: 36 }),
  token: Type.String({ minLength: 43 }),
  privateKey: Type.String({ minLength: 1 }),
  certificate: Type.String({ minLength: 1 }),
  machineIdHash: Nullable(Type.String()),
  /** null = it could not be read so far. */
  hardwareIdHash: Nullable(Type.String()),
});
type StoredIdentity = Static<typeof StoredIdentity>;

/** Who this agent is: all but `posServerId` and `fingerprint` is secret. */
export interface Identity {
  posServerId: string;
  token: string;
  /** PEM. */
  privateKey: string;
  /** PEM. */
  certificate: string;
  /** `sha256:<hex>` of the certificate. */
  fingerprint: string;
  /** Why it was made just now; null = it existed already. */
  madeBecause: "first_start" | "machine_changed" | null;
}

/**
 * Makes an identity if none is of this machine.
 * @throws DamagedIdentityError, as a new one would lose the pairing; or when it is unreadable.
 */
export async function loadIdentity(
  stateDirectory: string,
  readHere: () => Promise<Machine> = readMachine,
): Promise<Identity> {
  const here = await readHere();
  const stored = await readStoredIdentity(stateDirectory);
  if (stored && isMadeOn(here, stored)) {
    if (here.hardwareIdHash !== null && stored.hardwareIdHash === null)
      await storeIdentity(stateDirectory, { ...stored, hardwareIdHash: here.hardwareIdHash });
    return toIdentity(stored, null);
  }
  const made = makeIdentity(here);
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  await storeIdentity(stateDirectory, made);
  return toIdentity(made, stored ? "machine_changed" : "first_start");
}

/** null when there is none, or only that of another machine. @throws DamagedIdentityError, or when it is unreadable. */
export async function peekIdentity(
  stateDirectory: string,
  readHere: () => Promise<Machine> = readMachine,
): Promise<Identity | null> {
  const stored = await readStoredIdentity(stateDirectory);
  return stored && isMadeOn(await readHere(), stored) ? toIdentity(stored, null) : null;
}

async function storeIdentity(stateDirectory: string, identity: StoredIdentity): Promise<void> {
  const content = `${JSON.stringify(identity, null, 2)}\n`;
  await writeFileAtomically(identityFile(stateDirectory), content, 0o600);
}

export function identityFile(stateDirectory: string): string {
  return join(stateDirectory, "identity.json");
}

export class DamagedIdentityError extends Error {}

const validator = Compile(StoredIdentity);

async function readStoredIdentity(stateDirectory: string): Promise<StoredIdentity | null> {
  const file = identityFile(stateDirectory);
  const found = await readJsonFile(file);
  if (!found) return null;
  const { content } = found;
  if (validator.Check(content) && isCertificate(content.certificate)) return content;
  throw new DamagedIdentityError(
    `${file} is damaged. Restore it from a backup, or delete it: the agent then makes a new identity and has to be paired again.`,
  );
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey !== undefined;
  } catch {
    return false;
  }
}

function isMadeOn(here: Machine, { machineIdHash, hardwareIdHash }: StoredIdentity): boolean {
  return isSame(machineIdHash, here.machineIdHash) && isSame(hardwareIdHash, here.hardwareIdHash);
}

/** An unknown hash counts as the same. */
function isSame(storedHash: string | null, currentHash: string | null): boolean {
  return storedHash === null || currentHash === null || storedHash === currentHash;
}

function makeIdentity({ machineIdHash, hardwareIdHash }: Machine): StoredIdentity {
  const posServerId = randomUUID();
  const notAfter = new Date();
  notAfter.setFullYear(notAfter.getFullYear() + CERTIFICATE_YEARS);
  // If the clock is ahead, a certificate that begins now would not be valid yet.
  const notBefore = new Date(0);
  const pair = makeSelfSignedCertificate(`poswatch-agent-${posServerId}`, notBefore, notAfter);
  return {
    posServerId,
    token: randomBytes(TOKEN_BYTES).toString("base64url"),
    ...pair,
    machineIdHash,
    hardwareIdHash,
  };
}

function toIdentity(stored: StoredIdentity, madeBecause: Identity["madeBecause"]): Identity {
  const { posServerId, token, privateKey, certificate } = stored;
  const fingerprint = normalizeFingerprint(new X509Certificate(certificate).fingerprint256);
  if (!fingerprint) throw new Error("The certificate of the agent has no SHA-256 fingerprint");
  return { posServerId, token, privateKey, certificate, fingerprint, madeBecause };
}
