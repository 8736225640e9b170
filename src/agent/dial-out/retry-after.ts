import type { IncomingHttpHeaders } from "node:http";

const SECONDS = /^\d{1,6}$/;

/** How long the monitor asks to be left alone, ms; null = it says nothing. */
export function retryAfterMs(headers: IncomingHttpHeaders): number | null {
  const retryAfter = headers["retry-after"] ?? "";
  return SECONDS.test(retryAfter) ? Number(retryAfter) * 1000 : null;
}
