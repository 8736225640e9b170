import { createHash } from "node:crypto";
import type { Language } from "../../../viewer/language.ts";
import type { OutgoingMessage } from "../message.ts";
import { cutAtWord, plainLine } from "../plain-text.ts";

/** More is not read on a screen that is locked; together with the rest it takes less than 3 KB, whatever the letters. */
const MAX_TITLE_CHARACTERS = 120;
const MAX_LINE_CHARACTERS = 240;
const SHOWN_LINES = 2;
/** What a `Topic` may be at most, RFC 8030. */
const TOPIC_CHARACTERS = 32;

/** What the service worker (`public/push-worker`) is told, as JSON. */
export interface PushPayload {
  title: string;
  body: string;
  /** The page to open: a path, since nothing but Poswatch is opened. */
  url: string;
  /** A newer notification takes the place of one with the same tag. */
  tag: string;
  /** Whether it is heard again where it takes the place of another one. */
  renotify: boolean;
  silent: boolean;
  language: Language;
  /** ms UTC. */
  at: number;
}

export function pushPayload({
  kind,
  thread,
  isSilent,
  language,
  at,
  text,
  incident,
}: OutgoingMessage): PushPayload {
  const lines = text.paragraphs.flatMap((paragraph) => paragraph.split(/\r\n|[\n\r]/)).map(plainLine);
  const shown = lines.filter(Boolean).slice(0, SHOWN_LINES);
  const list = kind === "channel" || kind === "channel_works" ? "/channels" : "/incidents";
  return {
    title: cutAtWord(plainLine(text.title), MAX_TITLE_CHARACTERS),
    body: shown.map((line) => cutAtWord(line, MAX_LINE_CHARACTERS)).join("\n"),
    url: incident ? `/incidents/${incident.id}` : list,
    tag: topicOf(thread),
    renotify: !isSilent,
    silent: isSilent,
    ...{ language, at },
  };
}

/** What belongs to one conversation, in the letters that a `Topic` may have. */
export function topicOf(thread: string): string {
  return createHash("sha256").update(thread).digest("base64url").slice(0, TOPIC_CHARACTERS);
}
