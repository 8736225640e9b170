import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;

/** A secret for a cookie or a link: 43 characters, base64url. */
export function makeSecretToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What is stored of it: it recognizes the token, but is useless to a thief of the database. */
export function hashSecretToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
