import type { Format } from "../../monitor/viewer/format.ts";
import type { SimulatedMessage } from "../messengers/telegram-chats.ts";
import type { MessageLook, SimulatedButton } from "../messengers/telegram-content.ts";

const WEB_ADDRESS = /^https?:\/\//;
const WEB_ADDRESSES = /https?:\/\/[^\s<>"]+/g;
const TAGS: Readonly<Record<string, Segment["tag"]>> = { bold: "strong", italic: "em", code: "code" };

interface Segment {
  text: string;
  tag: "strong" | "em" | "code" | null;
  /** null = no link. */
  url: string | null;
}

export function daysOf(format: Format, messages: readonly SimulatedMessage[], now: number) {
  const days = Map.groupBy(messages, ({ sentAt }) => format.longDay(sentAt, now));
  return [...days].map(([label, sent]) => ({
    label,
    messages: sent.map((message) => showMessage(format, message, now)),
  }));
}

function showMessage(format: Format, message: SimulatedMessage, now: number) {
  const { id, from, isSilent, sentAt, editedAt, history, buttons } = message;
  const looks = editedAt === null ? [] : [...history, { ...message, at: editedAt }];
  return {
    id,
    isSilent,
    /** Written by whoever views the chat, not by the bot. */
    isOwn: from !== null,
    segments: segmentsOf(message),
    time: format.clock(sentAt, sentAt),
    /** All its texts, oldest first; null = never edited. */
    change: editedAt && {
      time: format.clock(editedAt, sentAt),
      looks: looks.map((look) => ({ time: format.moment(look.at, now), segments: segmentsOf(look) })),
    },
    rows: buttons.map((row) => row.flatMap(showButton)),
  };
}

/** `url`: null = the button answers the bot. */
function showButton(button: SimulatedButton): { text: string; url: string | null }[] {
  if (!("url" in button)) return [{ text: button.text, url: null }];
  return WEB_ADDRESS.test(button.url) ? [button] : [];
}

/** Splits a text by style and at web addresses, as Telegram does. */
function segmentsOf({ text, entities }: Pick<MessageLook, "text" | "entities">): Segment[] {
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
  for (const { 0: url, index } of text.matchAll(WEB_ADDRESSES)) {
    parts.push({ text: text.slice(from, index), url: null }, { text: url, url });
    from = index + url.length;
  }
  return [...parts, { text: text.slice(from), url: null }].filter((part) => part.text !== "");
}
