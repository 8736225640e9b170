import { Client } from "undici";
import { KEPT_IDLE_MS, MAX_HEADER_BYTES } from "../calls/limits.ts";
import type { ConnectCallback } from "./connector.ts";
import type { Target } from "./target.ts";

/** HTTP/1.1 to one POS server over connections made, verified and timed by `open`. */
export function createHttpClient(target: Target, open: (callback: ConnectCallback) => void): Client {
  return new Client(target.origin, {
    connect: (_options, callback) => open(callback),
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: KEPT_IDLE_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
