import { hash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

const BEARER = /^Bearer +(\S+) *$/i;

/** Reads the token of `Authorization: Bearer <token>`. @returns null when there is none. */
export function bearerToken({ authorization = "" }: IncomingHttpHeaders): string | null {
  return BEARER.exec(authorization)?.[1] ?? null;
}

/** Compares hashes, so that the duration reveals nothing, not even the length. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", expected, "buffer"));
}
