const ESCAPES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const PIECE = /<(\/?)([\w-]*)([^>]*)>|&(#\d{1,7}|#x[\da-f]{1,6}|lt|gt|amp|quot);|[^<&]+|[<&]/giy;

/** A formatted part of a text, in UTF-16 units. */
export interface TextEntity {
  type: string;
  offset: number;
  length: number;
}

export interface FormattedText {
  text: string;
  entities: TextEntity[];
}

/** @param types of entities by tag, in lower case. @throws when a tag is unknown or not closed. */
export function readHtml(html: string, types: Readonly<Record<string, string>>): FormattedText {
  const entities: TextEntity[] = [];
  const open: { tag: string; offset: number }[] = [];
  let text = "";
  for (const { 0: piece, 1: slash, 2: tag, 4: escaped, index } of html.matchAll(PIECE)) {
    if (escaped !== undefined) text += characterOf(escaped);
    else if (tag === undefined && piece !== "<") text += piece;
    else if (slash === "/") entities.push(close(open.pop(), tag ?? "", text, index));
    else open.push({ tag: openable(tag ?? "", index), offset: text.length });
  }
  const left = open.pop();
  if (left) throw new Error(`Can't find end tag corresponding to start tag "${left.tag}"`);
  return { text: text.trimEnd(), entities: entities.filter(({ length }) => length > 0) };

  function openable(tag: string, index: number): string {
    const name = tag.toLowerCase();
    if (!(name in types)) throw new Error(`Unsupported start tag "${name}" at byte offset ${index}`);
    return name;
  }

  function close(
    opened: { tag: string; offset: number } | undefined,
    tag: string,
    text: string,
    index: number,
  ): TextEntity {
    if (!opened) throw new Error(`Unexpected end tag at byte offset ${index}`);
    if (opened.tag !== tag.toLowerCase())
      throw new Error(
        `Unmatched end tag at byte offset ${index}, expected "</${opened.tag}>", found "</${tag}>"`,
      );
    const { offset } = opened;
    return { type: types[opened.tag] ?? "", offset, length: text.length - offset };
  }
}

function characterOf(escaped: string): string {
  if (!escaped.startsWith("#")) return ESCAPES[escaped.toLowerCase()] ?? "";
  const code = /^#x/i.test(escaped) ? Number.parseInt(escaped.slice(2), 16) : Number(escaped.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
}
