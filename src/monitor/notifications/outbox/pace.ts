import type { Connection } from "../sending/open-channel.ts";

/** Telegram takes twenty messages a minute in a group, and one a second with a person; MAX two a second. */
const GROUP_EVERY_MS = 3_000;
const CHAT_EVERY_MS = 1_000;

/** Keeps to what the other side takes, so that it need not say so. */
export interface Pace {
  isFree(channelId: number): boolean;
  noteSent(channelId: number, connection: Connection): void;
}

/** @param monotonicClock ms. */
export function createPace(monotonicClock: () => number): Pace {
  const freeAt = new Map<number, number>();
  return {
    isFree: (channelId) => (freeAt.get(channelId) ?? 0) <= monotonicClock(),
    noteSent(channelId, connection) {
      if (connection.kind !== "telegram" && connection.kind !== "max") return;
      const isSlow = connection.kind === "telegram" && !/^\d+$/.test(connection.target.chatId);
      freeAt.set(channelId, monotonicClock() + (isSlow ? GROUP_EVERY_MS : CHAT_EVERY_MS));
    },
  };
}
