import { type ClientHttp2Session, type ClientHttp2Stream, constants } from "node:http2";
import type { Dispatcher } from "undici";
import { CallError, UnansweredError } from "../calls/call-error.ts";
import type { requestOf } from "../calls/transport.ts";

/** A call over HTTP/2 on a shared connection, of which it ends only its own stream; it is in `calls` until it ends. */
export class StreamedCall implements Dispatcher.DispatchController {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #calls: Set<StreamedCall>;
  #stream: ClientHttp2Stream | null = null;
  #hasBegun = false;
  #isWhole = false;
  #isOver = false;
  aborted = false;
  reason: Error | null = null;

  constructor(handler: Dispatcher.DispatchHandler, calls: Set<StreamedCall>) {
    this.#handler = handler;
    this.#calls = calls;
    calls.add(this);
  }

  start(session: ClientHttp2Session, request: ReturnType<typeof requestOf>): void {
    const { method, path, headers, body } = request;
    this.#handler.onRequestStart?.(this, null);
    if (session.closed || session.destroyed) {
      this.fail(new UnansweredError("the agent ends its session"));
      return;
    }
    const stream = session.request(
      { ":method": method, ":path": path, ...headers },
      { endStream: body === null },
    );
    this.#stream = stream;
    stream.on("error", () => undefined); // "close" follows
    stream.once("response", (answerHeaders) => {
      this.#hasBegun = true;
      this.#handler.onResponseStarted?.();
      this.#handler.onResponseStart?.(this, answerHeaders[":status"] ?? 0, answerHeaders);
      // Not sooner: Node.js may emit data before the headers.
      stream.on("data", (chunk: Buffer) => {
        if (!this.#isOver) this.#handler.onResponseData?.(this, chunk);
      });
    });
    stream.once("end", () => {
      this.#isWhole = true;
    });
    stream.once("close", () => this.#close(stream));
    if (body !== null) stream.end(body);
  }

  get paused(): boolean {
    return this.#stream?.isPaused() ?? false;
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  abort(reason: Error): void {
    this.aborted = true;
    this.reason = reason;
    this.fail(reason);
  }

  fail(error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    this.#stream?.close(constants.NGHTTP2_CANCEL);
    this.#handler.onResponseError?.(this, error);
  }

  #close({ rstCode, aborted }: ClientHttp2Stream): void {
    if (this.#isOver) return;
    this.#finish();
    // A reset stream emits "end" too.
    if (this.#isWhole && !aborted && rstCode === constants.NGHTTP2_NO_ERROR) {
      this.#handler.onResponseEnd?.(this, {});
      return;
    }
    const detail = `reset with code ${rstCode}`;
    this.#handler.onResponseError?.(
      this,
      this.#hasBegun
        ? new CallError("invalid_json", `answer broke off: ${detail}`, { isAnswerLost: true })
        : new UnansweredError(detail),
    );
  }

  #finish(): void {
    this.#isOver = true;
    this.#calls.delete(this);
  }
}
