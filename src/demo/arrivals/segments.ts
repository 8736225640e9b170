import type { ArrivedLook } from "./arrived.ts";

const WEB_ADDRESS = /https?:\/\/[^\s<>"]+/g;
const TAGS: Readonly<Record<string, Segment["tag"]>> = { bold: "strong", italic: "em", code: "code" };

/** A part of a text that looks the same throughout; what is to be seen of it is for a template to escape. */
export interface Segment {
  text: string;
  tag: "strong" | "em" | "code" | null;
  /** Where it leads, as `http(s)://…`. */
  url: string | null;
}

/** Divides a text by how it looks, and finds the web addresses in it, as Telegram does. */
export function segmentsOf({ text, entities }: Pick<ArrivedLook, "text" | "entities">): Segment[] {
  const ends = entities.flatMap(({ offset, length }) => [offset, offset + length]);
  const cuts = [...new Set([...ends, text.length])].sort((one, other) => one - other);
  let from = 0;
  return cuts.flatMap((to) => {
    const start = from;
    from = to;
    const covering = entities.filter(({ offset, length }) => offset <= start && offset + length >= to);
    const tag = covering.map(({ type }) => TAGS[type]).find(Boolean) ?? null;
    return withLinks(text.slice(start, to)).map((part) => ({ ...part, tag }));
  });
}

function withLinks(text: string): Pick<Segment, "text" | "url">[] {
  const parts: Pick<Segment, "text" | "url">[] = [];
  let from = 0;
  for (const { 0: url, index } of text.matchAll(WEB_ADDRESS)) {
    parts.push({ text: text.slice(from, index), url: null }, { text: url, url });
    from = index + url.length;
  }
  return [...parts, { text: text.slice(from), url: null }].filter((part) => part.text !== "");
}
