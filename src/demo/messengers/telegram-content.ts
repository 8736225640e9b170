import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { errorText } from "../../protocol/error-text.ts";
import { escapeHtml, readHtml } from "./html-text.ts";
import { badRequest } from "./telegram-refusal.ts";

const MAX_TEXT_LENGTH = 4096;
const MAX_DATA_BYTES = 64;
/** Those of Telegram's HTML that Poswatch may use. */
const TAGS = ["b", "i", "code"];

const Button = Type.Object({
  text: Type.String({ minLength: 1 }),
  callback_data: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
});
const contents = Compile(
  Type.Object({
    text: Type.String(),
    parse_mode: Type.Optional(Type.Literal("HTML")),
    link_preview_options: Type.Optional(Type.Object({ is_disabled: Type.Optional(Type.Boolean()) })),
    reply_markup: Type.Optional(Type.Object({ inline_keyboard: Type.Array(Type.Array(Button)) })),
  }),
);

/** `data` goes to the bot, `url` is a link. */
export type SimulatedButton = { text: string; data: string } | { text: string; url: string };

/** `html` reads as `text`, and has no other tags than a messenger takes. */
export type MessageLook = ReturnType<typeof readContent>;

/** @throws where the real Telegram refuses the message. */
export function readContent(payload: unknown) {
  if (!contents.Check(payload)) throw badRequest("the message cannot be read");
  const { parse_mode, link_preview_options, reply_markup } = payload;
  const html = parse_mode === "HTML" ? payload.text : escapeHtml(payload.text);
  const text = readTelegramHtml(html);
  if (text === "") throw badRequest("message text is empty");
  if ([...text].length > MAX_TEXT_LENGTH) throw badRequest("message is too long");
  return {
    html,
    text,
    buttons: (reply_markup?.inline_keyboard ?? []).map((row) => row.map(readButton)),
    hasLinkPreview: link_preview_options?.is_disabled !== true,
  };
}

function readButton({ text, callback_data: data, url }: Static<typeof Button>): SimulatedButton {
  if (url !== undefined) return { text, url: checkedUrl(url) };
  if (data === undefined) throw badRequest("text buttons are unallowed in the inline keyboard");
  const bytes = Buffer.byteLength(data);
  if (bytes === 0 || bytes > MAX_DATA_BYTES) throw badRequest("BUTTON_DATA_INVALID");
  return { text, data };
}

function checkedUrl(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || !parsed.hostname.includes("."))
    throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
  if (/^127\.|\.localhost$/.test(parsed.hostname)) throw badRequest("BUTTON_URL_INVALID");
  return url;
}

/** @throws where the real Telegram refuses the text. */
export function readTelegramHtml(html: string): string {
  try {
    return readHtml(html, TAGS);
  } catch (error) {
    throw badRequest(`can't parse entities: ${errorText(error)}`);
  }
}
