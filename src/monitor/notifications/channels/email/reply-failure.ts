import { failed, type SendFailure } from "../failed.ts";
import type { EmailSecurity } from "./connection.ts";

/** A reply by which a server refuses something. */
export interface Refusal {
  code: number;
  /** What it refuses, as nodemailer calls it: `CONN` (greeting), `EHLO`, `STARTTLS`, `AUTH …`, `MAIL FROM`, `RCPT TO`, `DATA`. */
  command: string;
  /** Code and words, as one line. */
  text: string;
}

const LOGIN_CODES = [530, 534, 535];
const TOO_LARGE_CODE = 552;
/** From here on a 5xx is about the mail, below about the command. */
const FIRST_MAIL_CODE = 550;
const WANTS_STARTTLS = /STARTTLS/i;
const TOO_MANY = /too (?:many|much|fast|often)|\brate|throttl|slow down|frequen|limit/i;
/** Of what a sender may send in a time; that of one mail is none. */
const SENDING_LIMIT =
  /(?:\brate|sending|daily|hourly|messages?) (?:\w+ )?(?:limit|quota)|too many (?:messages|mails|emails)/i;

/** Names a refusal. Greylisting and its like are `server_error`: it is tried again, and nobody has sent too much. */
export function replyFailure({ code, command, text }: Refusal, security: EmailSecurity): SendFailure {
  const detail = command === "CONN" ? `greeting: ${text}` : `${command}: ${text}`;
  if (code < 400) return failed("invalid_answer", detail);
  if (isWithoutStarttls(command, code, security))
    return failed("tls", `the server offers no STARTTLS: ${text}`);
  if (code === 538 || (code === 530 && WANTS_STARTTLS.test(text))) return failed("tls", detail);
  if (LOGIN_CODES.includes(code) || (command.startsWith("AUTH") && code >= 500)) {
    return failed("unauthorized", detail);
  }
  if (code < 500) return failed(TOO_MANY.test(text) ? "rate_limited" : "server_error", detail);
  if (SENDING_LIMIT.test(text)) return failed("rate_limited", detail);
  if (command === "RCPT TO") return failed("recipient", detail);
  const isOfMessage = command === "DATA" ? code >= FIRST_MAIL_CODE : isTooLarge(command, code);
  return failed("refused", detail, { isOfMessage });
}

function isWithoutStarttls(command: string, code: number, security: EmailSecurity): boolean {
  return command === "STARTTLS" || (command === "EHLO" && code >= 500 && security === "starttls");
}

function isTooLarge(command: string, code: number): boolean {
  return command === "MAIL FROM" && code === TOO_LARGE_CODE;
}
