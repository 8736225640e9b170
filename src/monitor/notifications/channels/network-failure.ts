import { isAddressRefused } from "./callable-host.ts";
import type { ChannelFailure } from "./channel.ts";
import { failed, type SendFailure } from "./failed.ts";

/** What OpenSSL and Node say of a certificate that is not trusted, not for this name, or not of this time. */
const CERTIFICATE_CODE =
  /^(?:ERR_TLS_CERT_\w+|CERT_\w+|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|UNABLE_TO_(?:GET|VERIFY|DECRYPT)_\w+|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERROR_IN_CERT_\w+|CRL_\w+)$/;
const TLS_CODE = /^(?:ERR_SSL_\w+|ERR_TLS_\w+|ERR_OSSL_\w+|EPROTO)$/;
const ENDED_IN_HANDSHAKE = /before secure TLS connection was established/;
const NAME_LOOKUP_CODE = /^(?:ENOTFOUND|EAI_\w+)$/;
const CONNECT_TIMEOUT_CODE = /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;
const UNREACHED_CODE = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/;

/** Names an error of the name lookup, of connecting or of TLS. @returns null when it is none of them. */
export function networkFailure(error: Error): SendFailure | null {
  const own = firstOf(error);
  const failure = nameOf(own);
  if (failure === null) return null;
  return failed(failure, failure === "address_refused" ? own.message : withCode(own));
}

/** OpenSSL's reason says as much as its message, which has line numbers of its source in it. */
function withCode(error: Error): string {
  const code = codeOf(error);
  const words = "reason" in error && typeof error.reason === "string" ? error.reason : error.message;
  return words.includes(code) ? words : `${code}: ${words}`;
}

/** Of several addresses of one name, what the first came to. */
function firstOf(error: Error): Error {
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
}

function nameOf(error: Error): ChannelFailure | null {
  const code = codeOf(error);
  if (isAddressRefused(error)) return "address_refused";
  if (NAME_LOOKUP_CODE.test(code)) return "dns";
  if (CERTIFICATE_CODE.test(code)) return "certificate";
  if (TLS_CODE.test(code) || ENDED_IN_HANDSHAKE.test(error.message)) return "tls";
  const isOfConnecting = syscallOf(error) === "connect";
  if (CONNECT_TIMEOUT_CODE.test(code) && (isOfConnecting || !syscallOf(error))) return "connect_timeout";
  return UNREACHED_CODE.test(code) || isOfConnecting ? "connect_refused" : null;
}

/** Its code by the system; nodemailer puts its own in place of it. */
function codeOf(error: Error): string {
  if ("originalCode" in error && typeof error.originalCode === "string") return error.originalCode;
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

function syscallOf(error: Error): unknown {
  return "syscall" in error ? error.syscall : undefined;
}
