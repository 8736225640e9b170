import { isIP } from "node:net";
import type { InlineKeyboardButton, InlineKeyboardMarkup } from "grammy/types";
import { buttonData } from "../bots/button-data.ts";
import type { OutgoingMessage } from "../message.ts";

/** Whether Telegram takes a button for a URL: it has to be http(s), to a host with a dot that is not this machine. */
export function isButtonUrl(url: string): boolean {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return false;
  const host = parsed.hostname.replace(/\.$/, "");
  if (isIP(host) === 4) return !/^(?:127|0)\./.test(host);
  return host.includes(".") && !host.startsWith("[") && !host.endsWith(".localhost");
}

/** The one row of buttons below a message: «Занимаюсь» and «Открыть», as far as there are any. */
export function keyboardOf(
  { text, incident }: OutgoingMessage,
  isLinkWritten: boolean,
): InlineKeyboardMarkup | null {
  const row: InlineKeyboardButton[] = [];
  if (text.taking && incident)
    row.push({ text: text.taking.text, callback_data: buttonData(text.taking.action, incident.id) });
  if (text.open && !isLinkWritten && isButtonUrl(text.open.url)) row.push(text.open);
  return row.length > 0 ? { inline_keyboard: [row] } : null;
}
