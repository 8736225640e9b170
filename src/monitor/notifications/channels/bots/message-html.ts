import type { Language } from "../../../viewer/language.ts";
import type { MessageSign, MessageText } from "../message.ts";
import { cutAtWord, plainBody, plainLine } from "../plain-text.ts";

/** MAX counts tags and escapes; Telegram takes a little more. */
const MAX_LENGTH = 4000;
/** Of title and footer, so that with escapes there is room for a body. */
const MAX_LINE_LENGTH = 200;
const MAX_LINK_LENGTH = 1000;
const SIGNS: Record<MessageSign, string> = { failing: "🔴", over: "✅", calm: "⚪" };
const GAP = "\n\n";
const CUT = "…";

/** A message as the HTML of messengers: title, footer, the link if `isLinkWritten`, and as much of the rest as fits. */
export function messageHtml(text: MessageText, language: Language, isLinkWritten: boolean): string {
  const { sign, title, footer, open } = text;
  const cut = (line: string) => escapeHtml(cutAtWord(plainLine(line), MAX_LINE_LENGTH));
  const head = `${SIGNS[sign]} <b>${cut(title)}</b>`;
  const link = isLinkWritten && open ? escapeHtml(plainLine(`${open.text}: ${open.url}`)) : "";
  // Half a link leads nowhere.
  const below = [link.length > MAX_LINK_LENGTH ? CUT : link, footer ? `<i>${cut(footer)}</i>` : ""];
  const room = MAX_LENGTH - joined([head, ...below]).length - GAP.length;
  return joined([head, fit(escapeHtml(plainBody(text, language)), room), ...below]);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(GAP);
}

/** Cuts between words, so that no escape is cut. */
function fit(html: string, room: number): string {
  if (html.length <= room) return html;
  const cut = html.slice(0, room - CUT.length);
  return cut.slice(0, Math.max(cut.lastIndexOf(" "), cut.lastIndexOf("\n"), 0)).trimEnd() + CUT;
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
