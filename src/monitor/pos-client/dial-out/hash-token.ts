import { createHash } from "node:crypto";

/** What is kept of the token of an agent that has dialled in: enough to recognize it. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
