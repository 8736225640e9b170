import { errorText } from "../../../../protocol/error-text.ts";
import type { ChannelFailure } from "../channel.ts";
import { networkFailure } from "../network-failure.ts";
import { BotCallError } from "./call-error.ts";

/** What undici says of a proxy that does not lead on. `UND_ERR_ABORTED`: it answered otherwise than with 200. */
const OF_PROXY =
  /^UND_ERR_(?:SOCKS5\w*|PRX_\w+|ABORTED|HEADERS_TIMEOUT|CONNECT_TIMEOUT|INVALID_ARG|NOT_SUPPORTED)$/;
const UNREADABLE = /^(?:HPE_\w+|UND_ERR_(?:HTTP_PARSER|HEADERS_OVERFLOW))$/;
const BROKEN_OFF = /^(?:UND_ERR_SOCKET|ECONNRESET|ECONNABORTED|EPIPE)$/;

/** Names an error before the connection stands. */
export function nameConnectError(error: Error): BotCallError {
  // What breaks off here does so amid the handshake: without TLS there is nothing yet that could.
  return named(error) ?? new BotCallError(isBrokenOff(error) ? "tls" : "connect_refused", error.message);
}

/** Names an error of the way to the proxy itself. */
export function nameProxyError(error: Error): BotCallError {
  const { failure, message } = nameConnectError(error);
  if (failure === "address_refused") return new BotCallError(failure, message);
  return new BotCallError("proxy", `the proxy cannot be reached: ${message}`);
}

/** Names an error of a whole call. */
export function nameCallError(error: unknown, isByProxy: boolean): BotCallError {
  if (error instanceof BotCallError) return error;
  if (!(error instanceof Error)) return new BotCallError("server_error", errorText(error));
  if (isByProxy && OF_PROXY.test(codeOf(error))) return new BotCallError("proxy", error.message);
  return named(error) ?? new BotCallError(nameOfAnswer(error), error.message);
}

function named(error: Error): BotCallError | null {
  if (error instanceof BotCallError) return error;
  const known = networkFailure(error);
  return known && new BotCallError(known.failure, known.detail);
}

function nameOfAnswer(error: Error): ChannelFailure {
  return UNREADABLE.test(codeOf(error)) ? "invalid_answer" : "server_error";
}

function isBrokenOff(error: Error): boolean {
  return BROKEN_OFF.test(codeOf(error));
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
