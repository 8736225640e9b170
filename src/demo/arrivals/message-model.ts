import type { Format } from "../../monitor/viewer/format.ts";
import type { ArrivedButton, ArrivedMessage } from "./arrived.ts";
import { type Segment, segmentsOf } from "./segments.ts";

const WEB_ADDRESS = /^https?:\/\//;

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

/** Shows the messages of a chat, oldest first, by the days on which they were sent. */
export function daysOf(format: Format, messages: readonly ArrivedMessage[], now: number): ShownDay[] {
  const days = Map.groupBy(messages, ({ sentAt }) => format.longDay(sentAt, now));
  return [...days].map(([label, sent]) => ({
    label,
    messages: sent.map((message) => showMessage(format, message, now)),
  }));
}

function showMessage(format: Format, message: ArrivedMessage, now: number): ShownMessage {
  const { id, from, isSilent, sentAt, editedAt, history, buttons } = message;
  return {
    ...{ id, isSilent, isOwn: from !== null },
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

function showButton(button: ArrivedButton): ShownButton[] {
  if (!("url" in button)) return [{ text: button.text, url: null }];
  return WEB_ADDRESS.test(button.url) ? [button] : [];
}
