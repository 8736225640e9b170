const ESCAPES: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"' };
const PIECE = /<(\/?)([a-z]+)>|&(?:lt|gt|amp|quot);|[^<&]+|[<&]/g;

/** @returns what is read of it. @throws when a tag is not one of these, has attributes, or is not closed. */
export function readHtml(html: string, tags: readonly string[]): string {
  const open: string[] = [];
  let text = "";
  for (const [piece, slash, tag = ""] of html.matchAll(PIECE)) {
    if (!piece.startsWith("<")) text += ESCAPES[piece] ?? piece;
    else if (!tags.includes(tag)) throw new Error(`Unsupported start tag "${tag}"`);
    else if (slash !== "/") open.push(tag);
    else if (open.pop() !== tag) throw new Error(`Unmatched end tag "${tag}"`);
  }
  const [left] = open;
  if (left) throw new Error(`Can't find end tag corresponding to start tag "${left}"`);
  return text.trimEnd();
}

/** Writes a text as HTML that reads the same. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
