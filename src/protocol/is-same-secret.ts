import { createHash, timingSafeEqual } from "node:crypto";

/** Compares secrets by hashes of one length, so that the time it takes tells nothing about them, not even how long they are. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
