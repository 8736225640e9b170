import type { Readable } from "node:stream";
import { PosClientClosedError } from "../calls/call-error.ts";
import { AnswerStream, type StreamedAnswer } from "../calls/streamed-answer.ts";
import type { CallOptions, requestOf } from "../calls/transport.ts";
import type { Connector } from "./connector.ts";
import { createHttpClient } from "./http-client.ts";
import type { Target } from "./target.ts";

type Request = ReturnType<typeof requestOf>;

/** HTTP over a separate connection for each call, so that calls and polls never wait for each other. */
export function createOwnCalls(connector: Connector) {
  const underWay = new Set<(reason: Error) => Promise<void>>();
  let isClosed = false;

  return {
    /** Resolves with the answer, whatever its status, when its headers have come; rejects as `fetchBody` does. */
    async open(target: Target, request: Request, options: CallOptions): Promise<StreamedAnswer> {
      const { stallTimeoutMs, signal } = options;
      if (isClosed) throw new PosClientClosedError();
      signal.throwIfAborted();
      const client = createHttpClient(target, (callback) => connector.open(target, callback));
      let body: Readable | null = null;
      const end = (reason: Error) => {
        body?.destroy(reason);
        return client.destroy(reason);
      };
      const onAbort = () => void end(signal.reason);
      const hangUp = () => {
        underWay.delete(end);
        signal.removeEventListener("abort", onAbort);
        client.destroy(null, () => undefined);
      };
      underWay.add(end);
      signal.addEventListener("abort", onAbort);
      try {
        return await new Promise<StreamedAnswer>((resolve, reject) => {
          const onAnswer = (answer: StreamedAnswer) => {
            body = answer.body;
            resolve(answer);
          };
          const answer = new AnswerStream({ stallTimeoutMs, onAnswer, reject, hangUp });
          const { method, path, headers, body: sent } = request;
          client.dispatch({ method, path: target.basePath + path, headers, body: sent, reset: true }, answer);
        });
      } catch (error) {
        hangUp();
        throw error;
      }
    },
    /** Calls under way, and bodies being read, end with a `PosClientClosedError`. */
    async close(): Promise<void> {
      isClosed = true;
      await Promise.all([...underWay].map((end) => end(new PosClientClosedError())));
    },
  };
}
