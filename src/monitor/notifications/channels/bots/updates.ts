/** `/start CODE`, also as `/start@botname CODE`. */
const START = /^\/start(?:@\w{1,64})?\s+(\S{1,64})\s*$/;

interface ButtonData {
  action: "take" | "release";
  incidentId: number;
}

/** `username` without `@`. */
export interface BotPerson {
  id: string;
  name: string;
  username: string | null;
}

/**
 * `button`: `data` is null when it is not Poswatch's; `start`: sent a code; `text`: to the bot alone, empty when it was no
 * text.
 */
export type BotUpdate =
  | { kind: "button"; callbackId: string; data: ButtonData | null; from: BotPerson; chatId: string }
  | { kind: "start"; code: string; from: BotPerson; chatId: string; isPrivate: boolean }
  | { kind: "text"; text: string; from: BotPerson; chatId: string };

export function personOf(
  id: number,
  user: { first_name: string; last_name?: string | null; username?: string | null },
): BotPerson {
  const name = [user.first_name, user.last_name].filter(Boolean).join(" ");
  return { id: String(id), name, username: user.username || null };
}

/** `next` is the position that acknowledges them; null = the messenger gave none. */
export interface PolledUpdates {
  updates: BotUpdate[];
  next: number | null;
}

/** A code counts in all chats, any other text only in a private one. */
export function readWritten(
  text: string,
  from: BotPerson,
  chatId: string,
  isPrivate: boolean,
): BotUpdate | null {
  const [, code] = START.exec(text) ?? [];
  if (code !== undefined) return { kind: "start", code, from, chatId, isPrivate };
  return isPrivate ? { kind: "text", text, from, chatId } : null;
}

/** At most 64 bytes, such as `take:12`. */
export function buttonData({ action, incidentId }: ButtonData): string {
  return `${action}:${incidentId}`;
}

/** Reads a text of `buttonData`; null when it is something else. */
export function readButtonData(text: string): ButtonData | null {
  const [, action, id] = /^(take|release):([1-9]\d{0,14})$/.exec(text) ?? [];
  if (action !== "take" && action !== "release") return null;
  return { action, incidentId: Number(id) };
}
