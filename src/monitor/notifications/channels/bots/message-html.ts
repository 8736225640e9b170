import type { MessageSign, MessageText } from "../message.ts";
import { cutAtWord, plainLine, plainLines } from "../plain-text.ts";

const MAX_TITLE_LENGTH = 256;
const MAX_LINK_LENGTH = 1024;
const MAX_FOOTER_LENGTH = 512;
const SIGNS: Record<MessageSign, string> = { failing: "🔴", over: "✅", calm: "⚪" };
const GAP = "\n\n";
const CUT = "…";
/** `&amp;` */
const LONGEST_ESCAPE = 5;

/** How much a messenger takes. */
export interface HtmlRoom {
  maxLength: number;
  /** How it counts HTML, in which there are no tags but `<b>` and `<i>`. */
  lengthOf(html: string): number;
}

/** A text's length once it is escaped. */
type Measure = (text: string) => number;

/**
 * What a message says as the HTML of messengers: title, link and footer, and of the rest what fits.
 * @param isLinkWritten whether the link stands in it.
 */
export function messageHtml(
  text: MessageText,
  isLinkWritten: boolean,
  { maxLength, lengthOf }: HtmlRoom,
): string {
  const measure = (plain: string) => lengthOf(escapeHtml(plain));
  const title = `${SIGNS[text.sign]} ${tagged("b", cutLine(plainLine(text.title), MAX_TITLE_LENGTH, measure))}`;
  const link = isLinkWritten && text.open ? [linkOf(`${text.open.text}: ${text.open.url}`, measure)] : [];
  const footer = text.footer
    ? [tagged("i", cutLine(plainLine(text.footer), MAX_FOOTER_LENGTH, measure))]
    : [];
  const below = [...link.map(escapeHtml), ...footer];
  const room = maxLength - lengthOf([title, ...below].join(GAP));
  const body = fitBlocks(blocksOf(text), room, measure).map(escapeHtml);
  return [title, ...body, ...below].join(GAP);
}

/** Half a link leads nowhere. */
function linkOf(link: string, measure: Measure): string {
  return measure(link) > MAX_LINK_LENGTH ? CUT : plainLine(link);
}

/** Paragraphs and the list, each as lines. */
function blocksOf({ paragraphs, list }: MessageText): string[][] {
  const rows = list.map(({ name, count }) => `${plainLine(name)} — ${plainLine(count)}`);
  const texts = paragraphs.map((paragraph) => [plainLines(paragraph).trim()]);
  return [...texts, rows].filter(([first = ""]) => first !== "");
}

/** As many blocks as fit, each behind a gap; the last one is cut where more would follow. */
function fitBlocks(blocks: readonly string[][], room: number, measure: Measure): string[] {
  const whole = blocks.map((lines) => lines.join("\n"));
  if (whole.reduce((length, block) => length + GAP.length + measure(block), 0) <= room) return whole;
  const fitted: string[] = [];
  let left = room - GAP.length - CUT.length;
  for (const lines of blocks) {
    const block = cutBlock(lines, left - GAP.length, measure);
    fitted.push(block);
    left -= GAP.length + measure(block);
    if (block !== lines.join("\n")) break;
  }
  return fitted;
}

/** Cuts a paragraph between words, and a list between lines. */
function cutBlock(lines: readonly string[], room: number, measure: Measure): string {
  const whole = lines.join("\n");
  if (measure(whole) <= room) return whole;
  let kept = "";
  let length = CUT.length;
  for (const line of lines) {
    length += measure(`${line}\n`);
    if (length > room) break;
    kept += `${line}\n`;
  }
  return kept === "" ? cutLine(lines[0] ?? "", Math.max(room, CUT.length), measure) : kept + CUT;
}

function cutLine(line: string, room: number, measure: Measure): string {
  let maxCharacters = room;
  let cut = cutAtWord(line, maxCharacters);
  for (let excess = measure(cut) - room; excess > 0; excess = measure(cut) - room) {
    maxCharacters = Math.min(maxCharacters, cut.length) - Math.ceil(excess / LONGEST_ESCAPE);
    cut = cutAtWord(line, maxCharacters);
  }
  return cut;
}

function tagged(tag: "b" | "i", text: string): string {
  return `<${tag}>${escapeHtml(text)}</${tag}>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
