import type { PosServer } from "./pos-server.ts";
import type { StreamedAnswer } from "./streamed-answer.ts";

/** What is asked of a POS server: a path below its base URL, and a body where something is ordered. */
export interface Call {
  path: string;
  /** Content type of the answer. */
  accept: string;
  /** Sent as JSON, with a POST unless told. */
  order?: { method?: "POST" | "PUT"; body: unknown; headers?: Record<string, string> };
}

export interface CallOptions {
  stallTimeoutMs: number;
  /** Ends the call, and the body of its answer, with its reason. */
  signal: AbortSignal;
}

/** A way in which calls reach POS servers. */
export interface Transport {
  /** @returns the body of the 200 answer to a poll; rejects with a `CallError` for everything that a POS server can do wrong. */
  fetchBody(posServer: PosServer, path: string): Promise<Buffer>;
  /**
   * Resolves with the answer to any other call, whatever its status, when its headers are there; rejects likewise. None
   * waits for a poll or for another call, or makes one wait.
   */
  open(posServer: PosServer, call: Call, options: CallOptions): Promise<StreamedAnswer>;
  /** Closes what is kept for a POS server that was changed or removed, by its registry id. */
  forget(id: number): void;
  /** Calls under way, and bodies that are being read, end with a `PosClientClosedError`. */
  close(): Promise<void>;
}

/** Method, path and headers of a call, and its body. */
export function requestOf(
  { path, accept, order }: Call,
  token: string | null,
): { method: string; path: string; headers: Record<string, string>; body: string | null } {
  return {
    method: order ? (order.method ?? "POST") : "GET",
    path,
    headers: {
      accept,
      "accept-encoding": "identity",
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(order && { "content-type": "application/json", ...order.headers }),
    },
    body: order ? JSON.stringify(order.body) : null,
  };
}
