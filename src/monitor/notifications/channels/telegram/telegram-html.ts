import { type HtmlRoom, messageHtml } from "../bots/message-html.ts";
import type { MessageText } from "../message.ts";
import { isButtonUrl } from "./buttons.ts";

/** Telegram counts the characters that are left when tags are read, of which there are no more than UTF-16 units. */
const ROOM: HtmlRoom = { maxLength: 4096, lengthOf: shownLength };

/**
 * What a message says as Telegram's HTML, in 4096 characters at most: title, link and footer, and of the rest what fits.
 * @param isLinkWritten whether the link stands in it; unless told, when Telegram would take no button for it.
 */
export function telegramHtml(text: MessageText, isLinkWritten = hasNoButton(text)): string {
  return messageHtml(text, isLinkWritten, ROOM);
}

function hasNoButton({ open }: MessageText): boolean {
  return open !== null && !isButtonUrl(open.url);
}

/** How long a text is once its tags and escapes are read. */
function shownLength(html: string): number {
  return html.replace(/<[^>]*>/g, "").replace(/&\w+;/g, "&").length;
}
