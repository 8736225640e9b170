import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { SMTPSentMessageInfo } from "nodemailer";
import { errorText } from "../../../../protocol/error-text.ts";
import { shortLine } from "../../../pos-client/calls/failure.ts";
import type { Send, SendOutcome } from "../channel.ts";
import { failed, type SendFailure } from "../failed.ts";
import { networkFailure } from "../network-failure.ts";
import { trustIn } from "../trust.ts";
import { readMailAddress } from "./address.ts";
import { composeEmail, type Mailboxes } from "./compose-email.ts";
import type { EmailSecrets, EmailServer, EmailTarget } from "./connection.ts";
import { emailFailure, replyLine } from "./email-failure.ts";
import { type Hide, hidePassword } from "./hide-password.ts";
import { EMAIL_LIMITS, type EmailLimits } from "./limits.ts";
import { openSocket } from "./open-socket.ts";
import { openTransport } from "./open-transport.ts";

/** By what and to whom mail is sent. */
export interface EmailConnection {
  server: EmailServer;
  target: EmailTarget;
  secrets: EmailSecrets;
}

/**
 * Makes a channel that sends mail. A mail that some of its recipients may have counts as sent; what the server said names the others.
 * A login is used where the server asks for one.
 */
export function createEmailSend(
  { server, target, secrets: { password } }: EmailConnection,
  limits: Partial<EmailLimits> = {},
): Send {
  const within = { ...EMAIL_LIMITS, ...limits };
  const hide = hidePassword(server.login, password);

  return async (message, signal) => {
    signal.throwIfAborted();
    const mailboxes = readMailboxes(server, target);
    if ("failure" in mailboxes) return mailboxes;
    const trust = readTrust(server);
    if (trust && "failure" in trust) return trust;
    const overdue = AbortSignal.timeout(within.sendTimeoutMs);
    const ended = AbortSignal.any([signal, overdue]);
    const failure = (error: unknown, name: (error: Error) => SendFailure | null) => {
      signal.throwIfAborted();
      if (overdue.aborted) return failed("response_timeout", `not sent within ${within.sendTimeoutMs} ms`);
      return (error instanceof Error ? name(error) : null) ?? failed("server_error", hide(errorText(error)));
    };

    let socket: Socket;
    try {
      socket = await openSocket(server, within.connectTimeoutMs, ended);
    } catch (error) {
      return failure(error, networkFailure);
    }
    try {
      const transport = openTransport(socket, { server, password, trust, limits: within });
      const mail = composeEmail(mailboxes, message);
      const sent = await transport.sendMail({ ...mail, signal: ended });
      // A reply from before the mail was there is none to it.
      if (sent.messageSize < mail.html.length)
        return failed("invalid_answer", `taken before it was sent: ${hide(replyLine(sent))}`);
      return taken(sent, hide);
    } catch (error) {
      const hasSpoken = socket.bytesRead > 0;
      socket.destroy();
      return failure(error, (own) => emailFailure(own, { security: server.security, hasSpoken, hide }));
    }
  };
}

function readMailboxes({ from }: EmailServer, { to }: EmailTarget): Mailboxes | SendFailure {
  const sender = readMailAddress(from);
  if (sender === null) return failed("refused", `the sender is no address: ${from}`);
  const recipients: Mailboxes["to"][number][] = [];
  for (const text of to) {
    const recipient = readMailAddress(text);
    if (recipient === null) return failed("recipient", `no address: ${text}`);
    recipients.push(recipient);
  }
  return { from: sender, to: recipients };
}

function readTrust({ security, authorities }: EmailServer): SecureContext | SendFailure | null {
  if (security === "none") return null;
  try {
    return trustIn(authorities);
  } catch (error) {
    return failed("certificate", `the authorities cannot be read: ${errorText(error)}`);
  }
}

function taken({ response, rejectedErrors = [] }: SMTPSentMessageInfo, hide: Hide): SendOutcome {
  const answer = response.trim().split("\n").at(-1) ?? "";
  const refused = rejectedErrors.map((error) => `${error.recipient} (${replyLine(error)})`).join(", ");
  return {
    ok: true,
    reference: null,
    answer: shortLine(hide(refused ? `${answer}; refused: ${refused}` : answer)),
  };
}
