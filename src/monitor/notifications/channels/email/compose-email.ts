import { createHash } from "node:crypto";
import { join } from "node:path";
import { domainToASCII } from "node:url";
import { Eta } from "eta";
import type { SendMailOptions } from "nodemailer";
import type { Language } from "../../../viewer/language.ts";
import type { MessageLink, MessageSign, MessageText, OutgoingMessage } from "../message.ts";
import { cutAtWord, plainBody, plainLine, plainLines } from "../plain-text.ts";

const MAX_SUBJECT_CHARACTERS = 150;
const MAX_PREHEADER_CHARACTERS = 140;
const ID_CHARACTERS = 32;
const WEB_ADDRESS = /^https?:\/\/[^\s<>"]+$/i;

/** Colours that are visible on white and on black; each has its own shape, and the title says the same. */
const SIGNS: Record<MessageSign, { symbol: string; colour: string }> = {
  failing: { symbol: "●", colour: "#e0443e" },
  over: { symbol: "✓", colour: "#2c9c5b" },
  calm: { symbol: "○", colour: "#71809a" },
};

const eta = new Eta({
  views: join(import.meta.dirname, "../../../../../views/messages"),
  cache: true,
  autoTrim: [false, "nl"],
});

type Email = SendMailOptions & { html: string };

/** All mails of one incident are one conversation; a repeated mail has the same id. */
export function composeEmail(
  { from, to }: Record<"from" | "to", string>,
  { key, thread, text, language, at, isSilent }: OutgoingMessage,
): Email {
  const sender = readMailAddress(from) ?? { name: "", address: from };
  const domain = domainToASCII(sender.address.slice(sender.address.lastIndexOf("@") + 1)) || "localhost";
  // The parent of all messages of a conversation; no message has this id.
  const root = idOf("thread", thread, domain);
  return {
    from: sender,
    to,
    subject: subjectOf(text.title),
    messageId: idOf("message", key, domain),
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

/** A hash, as keys and threads may have characters that ids may not. */
function idOf(kind: "message" | "thread", text: string, domain: string): string {
  const digest = createHash("sha256").update(`${kind}:${text}`).digest("hex").slice(0, ID_CHARACTERS);
  return `<poswatch.${kind}.${digest}@${domain}>`;
}

/** One line, never empty. */
export function subjectOf(title: string): string {
  return cutAtWord(plainLine(title), MAX_SUBJECT_CHARACTERS) || "Poswatch";
}

/** As plain text: title, paragraphs, list, links, footer. */
export function emailText(text: MessageText, language: Language): string {
  const links = linksOf(text).map(({ text: label, url }) => `${plainLine(label)}: ${url}`);
  const parts = [plainLine(text.title), plainBody(text, language), links.join("\n")];
  return `${[...parts, plainLines(text.footer ?? "")].filter(Boolean).join("\n\n")}\n`;
}

/** As HTML, escaped and without control characters. */
export function emailHtml(text: MessageText, language: Language): string {
  const preheader = cutAtWord(plainLine(plainBody(text, language)), MAX_PREHEADER_CHARACTERS);
  return eta.render("email", {
    language,
    preheader,
    subject: subjectOf(text.title),
    sign: SIGNS[text.sign],
    links: linksOf(text).map(({ text: label, url }) => ({ text: plainLine(label), url })),
    text: {
      title: plainLine(text.title),
      paragraphs: text.paragraphs.map(plainLines),
      list: text.list.map(({ name, count }) => ({ name: plainLine(name), count: plainLine(count) })),
      footer: text.footer === null ? null : plainLines(text.footer),
    },
  });
}

/** «Открыть», and «Занимаюсь» where it is offered. */
function linksOf({ open, acknowledgement }: MessageText): MessageLink[] {
  const links = open ? [open] : [];
  if (acknowledgement?.action === "take" && acknowledgement.url !== null)
    links.push({ text: acknowledgement.text, url: acknowledgement.url });
  return links.filter(({ url }) => WEB_ADDRESS.test(url));
}

const NAME_AND_ADDRESS = /^([^<>]*)<([^<>]+)>$/;
/** Addresses that every server accepts: none with quotes. */
const ADDRESS = /^[^\s@<>()[\],;:"\\]{1,64}@[^\s@<>()[\],;:"\\]{1,253}$/u;

/** `name` may be empty. */
interface MailAddress {
  name: string;
  address: string;
}

/** Reads `address` or `name <address>`; null when it is neither. */
export function readMailAddress(text: string): MailAddress | null {
  const line = plainLine(text);
  const [, name = "", address = line] = NAME_AND_ADDRESS.exec(line) ?? [];
  if (!ADDRESS.test(address.trim())) return null;
  return { name: name.trim().replace(/^"(.*)"$/, "$1"), address: address.trim() };
}
