import { createHash } from "node:crypto";
import type { SendMailOptions } from "nodemailer";
import type { OutgoingMessage } from "../message.ts";
import { domainOf, type MailAddress } from "./address.ts";
import { emailHtml } from "./email-html.ts";
import { emailText } from "./email-text.ts";
import { subjectOf } from "./subject.ts";

/** From whom and to whom a mail is. */
export interface Mailboxes {
  from: MailAddress;
  to: readonly MailAddress[];
}

/** A mail as nodemailer takes it. */
export type Email = SendMailOptions & { html: string };

/** Writes a message as a mail. All that is told of one incident is one conversation, and a mail that comes twice is known as such. */
export function composeEmail({ from, to }: Mailboxes, message: OutgoingMessage): Email {
  const { text, language, at, isSilent } = message;
  const { own, root } = messageIds(message, domainOf(from));
  return {
    from: { ...from },
    to: to.map((mailbox) => ({ ...mailbox })),
    subject: subjectOf(text.title),
    messageId: own,
    inReplyTo: root,
    references: root,
    date: new Date(at),
    text: emailText(text, language),
    html: emailHtml(text, language),
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      "Content-Language": language,
    },
    ...(text.sign === "failing" && !isSilent && { priority: "high" as const }),
  };
}

const ID_CHARACTERS = 32;

/** By what mail programs know a message again, and what belongs to it; each with its angle brackets. */
interface MessageIds {
  /** The same at every try. */
  own: string;
  /** What all messages of one conversation answer; no message has it. */
  root: string;
}

/** @param domain of the sender. */
function messageIds({ key, thread }: Pick<OutgoingMessage, "key" | "thread">, domain: string): MessageIds {
  return { own: idOf("message", key, domain), root: idOf("thread", thread, domain) };
}

/** Keys and threads may hold what no id may. */
function idOf(kind: string, text: string, domain: string): string {
  const digest = createHash("sha256").update(`${kind}:${text}`).digest("hex").slice(0, ID_CHARACTERS);
  return `<poswatch.${kind}.${digest}@${domain}>`;
}
