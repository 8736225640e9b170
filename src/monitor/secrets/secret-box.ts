import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callOf } from "../translations/call-of.ts";

const TOKEN_BYTES = 32;

export const KEY_FILE = "secret.key";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = "aes-256-gcm";

/** Encrypts what must not be readable in a copy of the database; the key is a file beside it. */
export interface SecretBox {
  seal(text: string): Uint8Array;
  /** @throws Error when the value was changed, or sealed with another key. */
  open(sealed: Uint8Array): string;
}

/**
 * The key file `secret.key` (mode 0600) is made on first use.
 * @param sealed existing values to check the key with.
 * @throws Error with what to do when the key file is invalid, another one, or missing though needed.
 */
export function openSecretBox(dataDir: string, sealed: Iterable<Uint8Array> = []): SecretBox {
  const file = join(dataDir, KEY_FILE);
  const box = hasKey(dataDir) ? createSecretBox(readKey(dataDir)) : null;
  if (!opensAny(box, sealed)) {
    throw new Error(
      `${file} ${box ? "is another key" : "is missing"}, and the tokens of the POS servers and the secrets of the channels in the database cannot be read without the one that they were sealed with. Put that file back, or restore a backup, which holds it: ${callOf("restore")} FILE. If it is lost for good, see "When the key is lost" in src/installation/README.md of the sources.`,
    );
  }
  if (!box) makeKey(file);
  chmodSync(file, 0o600);
  return box ?? createSecretBox(readKey(dataDir));
}

/** Whether the box opens any of these values, or there are none; some may be damaged. */
export function opensAny(box: SecretBox | null, sealed: Iterable<Uint8Array>): boolean {
  let isEmpty = true;
  for (const value of sealed) {
    isEmpty = false;
    try {
      if (box?.open(value) !== undefined) return true;
    } catch {}
  }
  return isEmpty;
}

export function createSecretBox(bytes: Buffer): SecretBox {
  const key = createSecretKey(bytes); // bytes would be made a key each time, which takes longer than all else
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]);
    },
    open(sealed) {
      const buffer = Buffer.from(sealed);
      const decipher = createDecipheriv(ALGORITHM, key, buffer.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(buffer.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const encrypted = buffer.subarray(NONCE_BYTES + TAG_BYTES);
      return decipher.update(encrypted, undefined, "utf8") + decipher.final("utf8");
    },
  };
}

export function hasKey(dataDir: string): boolean {
  return existsSync(join(dataDir, KEY_FILE));
}

/** @throws Error with what to do when the key is invalid. */
export function readKey(dataDir: string): Buffer {
  const file = join(dataDir, KEY_FILE);
  const key = readFileSync(file);
  if (key.length === KEY_BYTES) return key;
  throw new Error(
    `${file} is not a key of ${KEY_BYTES} bytes: put the original file back, tokens cannot be read without it`,
  );
}

function makeKey(file: string): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, randomBytes(KEY_BYTES), { mode: 0o600, flush: true });
  renameSync(temporary, file);
}

/** A secret for a cookie or a link: 43 characters, base64url. */
export function makeSecretToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What is stored of it: it recognizes the token, but is useless to a thief of the database. */
export function hashSecretToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
