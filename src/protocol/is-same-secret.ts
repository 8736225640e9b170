import { hash, timingSafeEqual } from "node:crypto";

/** Compares hashes, so that the duration reveals nothing, not even the length. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", expected, "buffer"));
}
