import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;

/** A secret for a cookie or a link: 43 characters, base64url. */
export function makeSecretToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What is kept of it: enough to recognize it, and whoever reads the database cannot use it. */
export function hashSecretToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
