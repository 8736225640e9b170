import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const KEY_FILE = "secret.key";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = "aes-256-gcm";

/** Encrypts what must not be readable in a copy of the database; the key is a file that the copy does not hold. */
export interface SecretBox {
  seal(text: string): Uint8Array;
  /** @throws Error when the value was sealed with another key or was changed. */
  open(sealed: Uint8Array): string;
}

/**
 * Opens the secret box of a data folder; its key file `secret.key` (mode 0600) is made on first use.
 * @param hasSealed whether something is sealed already, which no new key could open.
 * @throws Error with what to do when the key file is there but is no key, or is not there although it is needed.
 */
export function openSecretBox(dataDir: string, hasSealed = false): SecretBox {
  const file = join(dataDir, KEY_FILE);
  if (!hasKey(dataDir)) makeKey(file, hasSealed);
  chmodSync(file, 0o600);
  return createSecretBox(readKey(dataDir));
}

/** The secret box of a key. */
export function createSecretBox(key: Buffer): SecretBox {
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

/** Whether a value was sealed with the key of this box, and is as it was. */
export function canOpen(box: SecretBox, sealed: Uint8Array): boolean {
  try {
    box.open(sealed);
    return true;
  } catch {
    return false;
  }
}

export function hasKey(dataDir: string): boolean {
  return existsSync(join(dataDir, KEY_FILE));
}

/** Reads the key of a data folder. @throws Error with what to do when it is none. */
export function readKey(dataDir: string): Buffer {
  const file = join(dataDir, KEY_FILE);
  const key = readFileSync(file);
  if (key.length === KEY_BYTES) return key;
  throw new Error(
    `${file} is not a key of ${KEY_BYTES} bytes: put the original file back, tokens cannot be read without it`,
  );
}

function makeKey(file: string, hasSealed: boolean): void {
  if (hasSealed) {
    throw new Error(
      `${file} is missing, and the tokens of the POS servers and the secrets of the channels in the database cannot be read without it. Put the file back, or restore a backup, which holds it: npm run restore -- FILE. If it is lost for good, put ${KEY_BYTES} random bytes in its place and pair every POS server anew, and give every channel its secrets again.`,
    );
  }
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, randomBytes(KEY_BYTES), { mode: 0o600, flush: true });
  renameSync(temporary, file);
}
