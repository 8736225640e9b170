import type { IncomingHttpHeaders } from "node:http";

const BEARER = /^Bearer +(\S+) *$/i;

/** Reads the token of `Authorization: Bearer <token>`. @returns null when there is none. */
export function bearerToken({ authorization = "" }: IncomingHttpHeaders): string | null {
  return BEARER.exec(authorization)?.[1] ?? null;
}
