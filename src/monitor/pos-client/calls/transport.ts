import type { PosServer } from "./pos-server.ts";
import type { StreamedAnswer } from "./streamed-answer.ts";

/** A call to a POS server: a path below its base URL, and a body if something is ordered. */
export interface Call {
  path: string;
  accept: string;
  /** Sent as JSON, by default with POST. */
  order?: { method?: "POST" | "PUT"; body: unknown; headers?: Record<string, string> };
}

export interface CallOptions {
  stallTimeoutMs: number;
  /** Ends the call, and the body of its answer, with its reason. */
  signal: AbortSignal;
}

export interface Transport {
  /** The body of the 200 answer to a poll. Rejects with a `CallError` for all that a POS server can do wrong. */
  fetchBody(posServer: PosServer, path: string): Promise<Buffer>;
  /**
   * The answer to any other call, whatever its status, once its headers have come. Rejects like `fetchBody`, and when its
   * signal is aborted. Calls and polls never wait for each other.
   */
  open(posServer: PosServer, call: Call, options: CallOptions): Promise<StreamedAnswer>;
  /** Closes kept connections to a changed or removed POS server, by its registry id. */
  forget(id: number): void;
  /** Calls under way, and bodies being read, end with a `PosClientClosedError`. */
  close(): Promise<void>;
}

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
