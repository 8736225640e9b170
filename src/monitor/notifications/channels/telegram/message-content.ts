import type { InlineKeyboardMarkup } from "grammy/types";
import type { OutgoingMessage } from "../message.ts";
import { isButtonUrl, keyboardOf } from "./buttons.ts";
import { telegramHtml } from "./telegram-html.ts";

/** What a message is made of, whether it is new or changed. */
export interface MessageContent {
  text: string;
  parse_mode: "HTML";
  link_preview_options: { is_disabled: true };
  reply_markup?: InlineKeyboardMarkup;
}

/** @param mayLinkButton false = Telegram has refused the button that leads to Poswatch, so that its link is written. */
export function contentOf(message: OutgoingMessage, mayLinkButton: boolean): MessageContent {
  const { open } = message.text;
  const isLinkWritten = open !== null && !(mayLinkButton && isButtonUrl(open.url));
  const keyboard = keyboardOf(message, isLinkWritten);
  return {
    text: telegramHtml(message.text, isLinkWritten),
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    ...(keyboard && { reply_markup: keyboard }),
  };
}
