import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { CallError, nameAnswerError } from "./call-error.ts";
import { STALLED_BELOW_BYTES } from "./limits.ts";

type Controller = Dispatcher.DispatchController;

/** An answer whose body is still to come: it is read to its end or destroyed. */
export interface StreamedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Readable;
}

interface Receiver {
  /** How long the POS server may send next to nothing. */
  stallTimeoutMs: number;
  onAnswer: (answer: StreamedAnswer) => void;
  reject: (error: Error) => void;
  /** The body has been read to its end, or nobody wants more of it. */
  hangUp: () => void;
}

/** Receives the answer of one call, no faster than its body is read. */
export class AnswerStream implements Dispatcher.DispatchHandler {
  readonly #receiver: Receiver;
  #body: Readable | null = null;
  #stallTimer: NodeJS.Timeout | undefined;
  #hasBegun = false;
  #progressBytes = 0;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  onRequestStart(): void {} // undici insists on it

  onResponseStarted(): void {
    this.#hasBegun = true;
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    const body = new Readable({
      read: () => this.#resume(controller),
      destroy: (error, callback) => {
        this.#stopWaiting();
        this.#receiver.hangUp();
        callback(error);
      },
    });
    body.on("error", () => undefined); // nobody may listen yet; a later reader still gets it
    this.#body = body;
    this.#awaitMore();
    this.#receiver.onAnswer({ status, headers, body });
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (!this.#body || this.#body.destroyed) return;
    this.#progressBytes += chunk.length;
    if (this.#progressBytes >= STALLED_BELOW_BYTES) this.#awaitMore();
    if (this.#body.push(chunk)) return;
    this.#stopWaiting();
    controller.pause();
  }

  onResponseEnd(): void {
    this.#stopWaiting();
    this.#body?.push(null);
  }

  onResponseError(_controller: Controller, error: Error): void {
    const named = nameAnswerError(error, this.#hasBegun);
    if (this.#body) this.#body.destroy(named);
    else this.#receiver.reject(named);
  }

  #resume(controller: Controller): void {
    if (!controller.paused) return;
    this.#awaitMore();
    controller.resume();
  }

  #stopWaiting(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
  }

  #awaitMore(): void {
    const { stallTimeoutMs } = this.#receiver;
    this.#progressBytes = 0;
    this.#stopWaiting();
    const timer = setTimeout(() => {
      // If this process was blocked, more may have come: that is read first.
      setImmediate(() => {
        if (this.#stallTimer === timer) this.#giveUp();
      });
    }, stallTimeoutMs);
    this.#stallTimer = timer;
  }

  #giveUp(): void {
    const detail = `no more of the answer within ${this.#receiver.stallTimeoutMs} ms`;
    this.#body?.destroy(new CallError("response_timeout", detail, { isAnswerLost: true }));
  }
}
