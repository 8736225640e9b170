import { isIP } from "node:net";
import { buttonData } from "../bots/button-data.ts";
import type { OutgoingMessage } from "../message.ts";
import { cutAtWord, plainLine } from "../plain-text.ts";

const MAX_TEXT_LENGTH = 128;
const MAX_URL_LENGTH = 2048;
/** Ends of names to which MAX takes no button: they are nobody's in the internet. */
const INNER_NAMES = /(?:^|\.)(?:local|localhost|internal|lan|home|test|example|invalid|onion|arpa)$/;

export type MaxButton =
  | { type: "callback"; text: string; payload: string }
  | { type: "link"; text: string; url: string };

/** What MAX calls an attachment: rows of buttons. */
export interface MaxKeyboard {
  type: "inline_keyboard";
  payload: { buttons: MaxButton[][] };
}

/** Whether MAX takes a button for a URL: http(s), to an address or to a name as the internet has them. */
export function isButtonUrl(url: string): boolean {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || url.length > MAX_URL_LENGTH) return false;
  const host = parsed.hostname.replace(/\.$/, "");
  if (isIP(host) !== 0 || host.startsWith("[")) return true;
  return host.includes(".") && !INNER_NAMES.test(host);
}

/** The one row of buttons below a message: «Занимаюсь» and «Открыть», as far as there are any. */
export function keyboardOf({ text, incident }: OutgoingMessage, isLinkWritten: boolean): MaxKeyboard | null {
  const row: MaxButton[] = [];
  if (text.taking && incident) {
    const payload = buttonData(text.taking.action, incident.id);
    row.push({ type: "callback", text: labelOf(text.taking.text), payload });
  }
  if (text.open && !isLinkWritten)
    row.push({ type: "link", text: labelOf(text.open.text), url: text.open.url });
  return row.length > 0 ? { type: "inline_keyboard", payload: { buttons: [row] } } : null;
}

function labelOf(text: string): string {
  return cutAtWord(plainLine(text), MAX_TEXT_LENGTH);
}
