import type { MessageSign, MessageText } from "../message.ts";
import { cutAtWord, plainLine, plainLines } from "../plain-text.ts";

const MAX_TITLE_LENGTH = 256;
const MAX_LINK_LENGTH = 1024;
const MAX_FOOTER_LENGTH = 512;
const SIGNS: Record<MessageSign, string> = { failing: "🔴", over: "✅", calm: "⚪" };
const GAP = "\n\n";
const CUT = "…";
/** Only longer lines are cut; shorter ones are dropped. */
const LONG_LINE = 200;
/** `&amp;` */
const LONGEST_ESCAPE = 5;

export interface HtmlRoom {
  maxLength: number;
  /** Counts HTML with no tags but `<b>` and `<i>`. */
  lengthOf(html: string): number;
}

type Measure = (text: string) => number;

/** A message as the HTML of messengers: title, footer, the link if `isLinkWritten`, and as much of the rest as fits. */
export function messageHtml(
  { sign, title, paragraphs, list, footer, open }: MessageText,
  isLinkWritten: boolean,
  { maxLength, lengthOf }: HtmlRoom,
): string {
  const measure = (plain: string) => lengthOf(escapeHtml(plain));
  const cut = (line: string, room: number) => cutLine(plainLine(line), room, measure);
  const link = isLinkWritten && open ? plainLine(`${open.text}: ${open.url}`) : "";
  const around = [
    `${SIGNS[sign]} <b>${escapeHtml(cut(title, MAX_TITLE_LENGTH))}</b>`,
    // Half a link leads nowhere.
    measure(link) > MAX_LINK_LENGTH ? CUT : escapeHtml(link),
    footer ? `<i>${escapeHtml(cut(footer, MAX_FOOTER_LENGTH))}</i>` : "",
  ];
  const rows = list.map(({ name, count }) => `${plainLine(name)} — ${plainLine(count)}`);
  const body = [...paragraphs.map((paragraph) => plainLines(paragraph).trim()), rows.join("\n")];
  const room = maxLength - lengthOf(joined(around)) - GAP.length;
  const [first = "", ...below] = around;
  return joined([first, escapeHtml(fit(joined(body), room, measure)), ...below]);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(GAP);
}

/** Keeps as many whole lines as fit, and the beginning of a long one. */
function fit(text: string, room: number, measure: Measure): string {
  if (measure(text) <= room) return text;
  let kept = "";
  for (const line of text.split("\n")) {
    const free = room - measure(kept);
    if (measure(`${line}\n`) + CUT.length > free)
      return kept + (line.length > LONG_LINE ? cutLine(line, free, measure) : CUT);
    kept += `${line}\n`;
  }
  return kept;
}

function cutLine(line: string, room: number, measure: Measure): string {
  let maxCharacters = Math.max(room, CUT.length);
  let cut = cutAtWord(line, maxCharacters);
  for (let excess = measure(cut) - room; excess > 0 && cut !== CUT; excess = measure(cut) - room) {
    maxCharacters = Math.min(maxCharacters, cut.length) - Math.ceil(excess / LONGEST_ESCAPE);
    cut = cutAtWord(line, Math.max(maxCharacters, CUT.length));
  }
  return cut;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
