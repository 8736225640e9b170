import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { CallError, nameAnswerError } from "./call-error.ts";
import type { CallLimits } from "./limits.ts";

type Controller = Dispatcher.DispatchController;

/** Receives the body of a 200 answer within its limits; anything else ends the call with a named failure. */
export class Answer implements Dispatcher.DispatchHandler {
  readonly #limits: CallLimits;
  readonly #deadline: number;
  readonly #resolve: (body: Buffer) => void;
  readonly #reject: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;
  #chunks: Buffer[] = [];
  #receivedBytes = 0;
  #hasBegun = false;

  /** @param deadline when the whole call must be over, as `performance.now()` counts. */
  constructor(
    limits: CallLimits,
    deadline: number,
    resolve: (body: Buffer) => void,
    reject: (error: Error) => void,
  ) {
    this.#limits = limits;
    this.#deadline = deadline;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(controller: Controller): void {
    this.#awaitWithin(this.#limits.headersTimeoutMs, "no answer", controller);
  }

  onResponseStarted(): void {
    this.#hasBegun = true;
  }

  onResponseStart(controller: Controller, statusCode: number, headers: IncomingHttpHeaders): void {
    if (statusCode < 200) return;
    const refusal = refuseAnswer(statusCode, headers, this.#limits.maxBodyBytes);
    if (refusal) controller.abort(refusal);
    else this.#awaitWithin(this.#limits.callTimeoutMs, "answer not complete", controller);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes > this.#limits.maxBodyBytes) {
      controller.abort(new CallError("too_large", `body of more than ${this.#limits.maxBodyBytes} bytes`));
      return;
    }
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    const [first] = this.#chunks;
    this.#resolve(first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks));
  }

  onResponseError(_controller: Controller, error: Error): void {
    clearTimeout(this.#timer);
    this.#reject(nameAnswerError(error, this.#hasBegun));
  }

  #awaitWithin(timeoutMs: number, detail: string, controller: Controller): void {
    clearTimeout(this.#timer);
    const remainingMs = Math.max(0, Math.min(timeoutMs, this.#deadline - performance.now()));
    this.#timer = setTimeout(() => {
      controller.abort(new CallError("response_timeout", `${detail} within ${timeoutMs} ms`));
    }, remainingMs);
  }
}

function refuseAnswer(
  statusCode: number,
  headers: IncomingHttpHeaders,
  maxBodyBytes: number,
): CallError | null {
  if (statusCode === 401 || statusCode === 403) return new CallError("unauthorized", `HTTP ${statusCode}`);
  if (statusCode !== 200) return new CallError("http_status", `HTTP ${statusCode}`);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") return new CallError("invalid_json", "compressed without being asked to");
  const bytes = Number(headers["content-length"] ?? 0);
  return bytes > maxBodyBytes ? new CallError("too_large", `body of ${bytes} bytes`) : null;
}
