import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { createTransport, type NodemailerError, type SMTPSentMessageInfo } from "nodemailer";
import { errorText } from "../../../../protocol/error-text.ts";
import { shortLine } from "../../../../protocol/visible-text.ts";
import { type FailureClass, failed, networkText, type OutgoingFailure } from "../../../outgoing/failure.ts";
import { type Hide, hideSecrets } from "../../../outgoing/hide-secrets.ts";
import { connectTo, trustIn } from "../../../outgoing/open-way.ts";
import type { Send, SendOutcome } from "../kind.ts";
import { composeEmail } from "./compose-email.ts";

const MAX_REPLY_BYTES = 64 * 1024;
const CLOSED_WITHIN_MS = 1_000;
const SEVERAL_LINES = /\r?\n(?:\d{3}[ -])?/g;

const LOGIN_CODES = [530, 534, 535];
const WANTS_ENCRYPTION = /^EHLO|STARTTLS/i;
const TOO_MANY = /too (?:many|much|fast|often)|\brate|throttl|slow down|frequen|limit/i;
/** A limit of mails in a time; not of the size of one. */
const SENDING_LIMIT =
  /(?:\brate|sending|daily|hourly|messages?) (?:(?!size)\w+ )?(?:limit|quota)|too many (?:messages|mails|emails)/i;

/**
 * `security`: `tls`, `starttls` (begins unencrypted, but sends nothing before it is encrypted) or `none` (for a server beside
 * Poswatch only); `to`: addresses, separated by commas; `authorities`: trusted ones as PEM, empty = those of the system.
 */
export type EmailSettings = Record<
  "host" | "port" | "security" | "login" | "from" | "to" | "authorities",
  string
>;
export type EmailSecrets = Record<"password", string>;

const EMAIL_LIMITS = {
  /** Of name lookup and connection. */
  connectTimeoutMs: 5_000,
  /** Of the greeting, and of the TLS handshake. */
  greetingTimeoutMs: 15_000,
  /** Of the whole. */
  sendTimeoutMs: 30_000,
};

/** A mail that reaches only some of its recipients counts as sent; the answer names the others. */
export function createEmailSend(
  settings: EmailSettings,
  { password }: EmailSecrets,
  limits: Partial<typeof EMAIL_LIMITS> = {},
): Send {
  const within = { ...EMAIL_LIMITS, ...limits };
  const { host, security, login, authorities } = settings;
  const port = Number(settings.port);
  const hide = hideSecrets(password === "" ? [] : [password, `\0${login}\0${password}`]);

  return async (message, signal) => {
    signal.throwIfAborted();
    const overdue = AbortSignal.timeout(within.sendTimeoutMs);
    const ended = AbortSignal.any([signal, overdue]);
    let socket: Socket | null = null;
    try {
      const trust = security === "none" ? null : trustIn(authorities);
      socket = await connectTo({ host, port }, within.connectTimeoutMs, ended);
      const mail = composeEmail(settings, message);
      const sent = await openTransport(socket, trust).sendMail({ ...mail, signal: ended });
      // Some servers reply before they have the mail.
      if (sent.messageSize < mail.html.length)
        return failed("temporary", `taken before it was sent: ${hide(replyLine(sent))}`);
      return taken(sent, hide);
    } catch (error) {
      socket?.destroy();
      signal.throwIfAborted();
      if (overdue.aborted) return failed("temporary", `not sent within ${within.sendTimeoutMs} ms`);
      return emailFailure(error, hide);
    }
  };

  /** SMTP over a connection; TLS checks the name of the server. */
  function openTransport(socket: Socket, trust: SecureContext | null): ReturnType<typeof createTransport> {
    return createTransport({
      host: host.replace(/^\[|\]$/g, ""),
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      ...(trust && { tls: { secureContext: trust, rejectUnauthorized: true } }),
      ...(login !== "" && { auth: { user: login, pass: password } }),
      getSocket: (_options, callback) => callback(null, { connection: socket }),
      connectionTimeout: within.sendTimeoutMs,
      greetingTimeout: within.greetingTimeoutMs,
      socketTimeout: within.sendTimeoutMs,
      socketCloseTimeout: CLOSED_WITHIN_MS,
      maxResponseSize: MAX_REPLY_BYTES,
      disableFileAccess: true,
      disableUrlAccess: true,
      logger: false,
    });
  }
}

function emailFailure(thrown: unknown, hide: Hide): OutgoingFailure {
  if (!(thrown instanceof Error)) return failed("temporary", hide(errorText(thrown)));
  const error: NodemailerError = thrown;
  const { responseCode: code, command = "" } = error;
  if (error.response && code) {
    const text = `${command === "CONN" ? "greeting" : command}: ${hide(replyLine(error))}`;
    return failed(classOfReply(code, command, text), text);
  }
  if (error.code === "EAUTH") return failed("credentials", hide(error.message));
  const hint = error.timeoutType === "GREETING_TIMEOUT" ? ": it may want TLS from the start" : "";
  return failed("temporary", hide(networkText(error)) + hint);
}

/** Greylisting is `temporary`. @param command as nodemailer calls it: `CONN` (greeting), `EHLO`, `AUTH …`, `RCPT TO`, … */
function classOfReply(code: number, command: string, text: string): FailureClass {
  if (code < 400) return "temporary";
  if (code < 500) return TOO_MANY.test(text) ? "wait" : "temporary";
  if (code === 538 || WANTS_ENCRYPTION.test(text)) return "temporary";
  if (LOGIN_CODES.includes(code) || command.startsWith("AUTH")) return "credentials";
  return SENDING_LIMIT.test(text) ? "wait" : "recipient";
}

/** One line: `550 5.1.1 No such user; ask somebody else`. */
function replyLine({ response = "" }: Pick<NodemailerError, "response">): string {
  return response.replace(SEVERAL_LINES, " ").trim();
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
