import type { NodemailerError } from "nodemailer";
import { failed, type SendFailure } from "../failed.ts";
import { networkFailure } from "../network-failure.ts";
import type { EmailSecurity } from "./connection.ts";
import type { Hide } from "./hide-password.ts";
import { replyFailure } from "./reply-failure.ts";

/** What is known of a connection that failed. */
export interface FailedConnection {
  security: EmailSecurity;
  /** Whether the server has said anything. */
  hasSpoken: boolean;
  /** For whatever the server said. */
  hide: Hide;
}

const SEVERAL_LINES = /\r?\n(?:\d{3}[ -])?/g;

/** Names an error of nodemailer over a connection that stood. */
export function emailFailure(error: NodemailerError, connection: FailedConnection): SendFailure {
  const { security, hide } = connection;
  if (error.response && error.responseCode) {
    const refusal = { code: error.responseCode, command: error.command ?? "", text: hide(replyLine(error)) };
    return replyFailure(refusal, security);
  }
  const ofNetwork = networkFailure(error);
  if (ofNetwork && ["tls", "certificate"].includes(ofNetwork.failure)) return ofNetwork;
  return ownFailure(error, hide(error.message), connection);
}

/** A reply as one line: `550 5.1.1 No such user; ask somebody else`. */
export function replyLine({ response = "" }: Pick<NodemailerError, "response">): string {
  return response.replace(SEVERAL_LINES, " ").trim();
}

function ownFailure(
  error: NodemailerError,
  message: string,
  { security, hasSpoken }: FailedConnection,
): SendFailure {
  switch (error.code) {
    case "ETLS":
      return failed("tls", message);
    case "EPROTOCOL":
      return failed("invalid_answer", message);
    case "EAUTH":
      return failed("unauthorized", message);
    case "EENVELOPE":
      return failed(/recipient/i.test(message) ? "recipient" : "refused", message);
    case "ETIMEDOUT":
      return timeoutFailure(error, message, security);
    default:
      return failed(hasSpoken ? "server_error" : "connect_refused", message);
  }
}

function timeoutFailure(error: NodemailerError, message: string, security: EmailSecurity): SendFailure {
  if (error.timeoutType === "UPGRADE_TIMEOUT") return failed("tls", message);
  const isSilent = error.timeoutType === "GREETING_TIMEOUT" && security !== "tls";
  return failed("response_timeout", isSilent ? `${message}: it may want TLS from the start` : message);
}
