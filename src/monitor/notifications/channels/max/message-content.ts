import { messageHtml } from "../bots/message-html.ts";
import type { OutgoingMessage } from "../message.ts";
import { isButtonUrl, keyboardOf, type MaxKeyboard } from "./buttons.ts";

/** Of the text as it is sent, tags and escapes included; no more characters than UTF-16 units. */
const MAX_LENGTH = 4000;

/** What a message is made of, whether it is new or changed. */
export interface MessageContent {
  text: string;
  format: "html";
  /** Always said, since MAX leaves those of a changed message as they are unless it is told otherwise. */
  attachments: MaxKeyboard[];
}

/** @param mayLinkButton false = MAX has refused the button that leads to Poswatch, so that its link is written. */
export function contentOf(message: OutgoingMessage, mayLinkButton: boolean): MessageContent {
  const { open } = message.text;
  const isLinkWritten = open !== null && !(mayLinkButton && isButtonUrl(open.url));
  const keyboard = keyboardOf(message, isLinkWritten);
  return {
    text: messageHtml(message.text, isLinkWritten, {
      maxLength: MAX_LENGTH,
      lengthOf: (html) => html.length,
    }),
    format: "html",
    attachments: keyboard ? [keyboard] : [],
  };
}
