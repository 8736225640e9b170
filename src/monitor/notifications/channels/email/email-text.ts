import type { Language } from "../../../viewer/language.ts";
import type { MessageLink, MessageText } from "../message.ts";
import { plainBody, plainLine, plainLines } from "../plain-text.ts";

const WEB_ADDRESS = /^https?:\/\/[^\s<>"]+$/i;

/** A message as plain text, for whoever does not see the HTML: title, paragraphs, list, links, footer. */
export function emailText(text: MessageText, language: Language): string {
  const links = emailLinks(text).map(({ text: label, url }) => `${plainLine(label)}: ${url}`);
  return `${[
    plainLine(text.title),
    plainBody(text, language),
    links.join("\n"),
    plainLines(text.footer ?? ""),
  ]
    .filter(Boolean)
    .join("\n\n")}\n`;
}

/** What can be followed from a mail: «Открыть», and «Занимаюсь» where it is offered; what is released is so on the page. */
export function emailLinks({ open, taking }: MessageText): MessageLink[] {
  const take =
    taking?.action === "take" && taking.url !== null ? { text: taking.text, url: taking.url } : null;
  return [open, take].filter((link) => link !== null).filter(({ url }) => WEB_ADDRESS.test(url));
}
