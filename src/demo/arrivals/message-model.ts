import type { Format } from "../../monitor/viewer/format.ts";
import type { SimulatedMessage } from "../messengers/telegram-chats.ts";
import type { MessageLook, SimulatedButton } from "../messengers/telegram-content.ts";

const WEB_ADDRESS = /^https?:\/\//;
const WEB_ADDRESSES = /https?:\/\/[^\s<>"]+/g;
const TAGS: Readonly<Record<string, Segment["tag"]>> = { bold: "strong", italic: "em", code: "code" };

/** A message as a bubble. */
export interface ShownMessage {
  id: number;
  /** Whether whoever looks has written it; else the bot has. */
  isOwn: boolean;
  isSilent: boolean;
  segments: Segment[];
  /** `02:04` */
  time: string;
  /** When it was changed last, and all that it has said, oldest first; null = it is as it was sent. */
  change: { time: string; looks: { time: string; segments: Segment[] }[] } | null;
  rows: ShownButton[][];
}

interface ShownButton {
  text: string;
  /** Where it leads; null = it says something to the bot. */
  url: string | null;
}

/** The messages of a day. */
export interface ShownDay {
  /** `26 ноября` */
  label: string;
  messages: ShownMessage[];
}

/** A part of a text that looks the same throughout; what is to be seen of it is for a template to escape. */
interface Segment {
  text: string;
  tag: "strong" | "em" | "code" | null;
  /** Where it leads, as `http(s)://…`. */
  url: string | null;
}

/** Shows the messages of a chat, oldest first, by the days on which they were sent. */
export function daysOf(format: Format, messages: readonly SimulatedMessage[], now: number): ShownDay[] {
  const days = Map.groupBy(messages, ({ sentAt }) => format.longDay(sentAt, now));
  return [...days].map(([label, sent]) => ({
    label,
    messages: sent.map((message) => showMessage(format, message, now)),
  }));
}

function showMessage(format: Format, message: SimulatedMessage, now: number): ShownMessage {
  const { id, from, isSilent, sentAt, editedAt, history, buttons } = message;
  return {
    id,
    isSilent,
    isOwn: from !== null,
    segments: segmentsOf(message),
    time: format.clock(sentAt, sentAt),
    change:
      editedAt === null
        ? null
        : {
            time: format.clock(editedAt, sentAt),
            looks: [...history, { ...message, at: editedAt }].map((look) => ({
              time: format.moment(look.at, now),
              segments: segmentsOf(look),
            })),
          },
    rows: buttons.map((row) => row.flatMap(showButton)),
  };
}

function showButton(button: SimulatedButton): ShownButton[] {
  if (!("url" in button)) return [{ text: button.text, url: null }];
  return WEB_ADDRESS.test(button.url) ? [button] : [];
}

/** Divides a text by how it looks, and finds the web addresses in it, as Telegram does. */
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
