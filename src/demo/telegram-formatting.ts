import { errorText } from "../protocol/error-text.ts";
import { type FormattedText, readHtml } from "./html-text.ts";
import { badRequest } from "./telegram-refusal.ts";

/** Tags of Telegram's HTML, and what they make of a text. */
const ENTITY_TYPES: Readonly<Record<string, string>> = {
  ...{ b: "bold", strong: "bold", i: "italic", em: "italic", u: "underline", ins: "underline" },
  ...{ s: "strikethrough", strike: "strikethrough", del: "strikethrough", "tg-spoiler": "spoiler" },
  ...{ a: "text_link", code: "code", pre: "pre", blockquote: "blockquote" },
};

/** Reads Telegram's HTML. @throws TelegramRefusal where the real one refuses it. */
export function readTelegramHtml(html: string): FormattedText {
  try {
    return readHtml(html, ENTITY_TYPES);
  } catch (error) {
    throw badRequest(`can't parse entities: ${errorText(error)}`);
  }
}
