import { errors } from "undici";
import { failed, type SendFailure } from "../failed.ts";
import { networkFailure } from "../network-failure.ts";

/** Names an error of undici. @param hide for what it may say. */
export function callFailure(error: Error, hide: (text: string) => string): SendFailure {
  const ofNetwork = networkFailure(error);
  if (ofNetwork) return ofNetwork;
  const message = hide(error.message);
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) {
    return failed("invalid_answer", message);
  }
  const isLate = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
  return failed(isLate ? "response_timeout" : "server_error", message);
}
