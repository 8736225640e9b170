/** `/start CODE`, also as `/start@botname CODE`. */
const START = /^\/start(?:@\w{1,64})?\s+(\S{1,64})\s*$/;

/** What a button of a message says when it is pressed. */
export interface ButtonData {
  action: "take" | "release";
  incidentId: number;
}

/** Somebody who uses a messenger. */
export interface BotPerson {
  id: string;
  name: string;
  /** Without `@`. */
  username: string | null;
}

/**
 * What somebody has done with a bot. `button`: pressed one below a message, `data` is null when it is none of Poswatch's; `start`: sent a
 * code; `text`: wrote something else to the bot alone, empty when it was no text. A `chatId` is one as the target of a channel has it.
 */
export type BotUpdate =
  | { kind: "button"; callbackId: string; data: ButtonData | null; from: BotPerson; chatId: string }
  | { kind: "start"; code: string; from: BotPerson; chatId: string; isPrivate: boolean }
  | { kind: "text"; text: string; from: BotPerson; chatId: string };

/** How a messenger tells of somebody. */
export function personOf(
  id: number,
  said: { first_name: string; last_name?: string | null; username?: string | null },
): BotPerson {
  const name = [said.first_name, said.last_name].filter(Boolean).join(" ");
  return { id: String(id), name, username: said.username || null };
}

/** What has happened since a position, and the one that acknowledges all of it; null = none was said. */
export interface PolledUpdates {
  updates: BotUpdate[];
  next: number | null;
}

/** What somebody has written in a chat: a code counts in all of them, all else where the bot is alone with them. */
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

/** A button's data as messengers keep it, in 64 bytes at most, such as `take:12`. */
export function buttonData({ action, incidentId }: ButtonData): string {
  return `${action}:${incidentId}`;
}

/** Reads what `buttonData` has written. @returns null when it is something else. */
export function readButtonData(text: string): ButtonData | null {
  const [, action, id] = /^(take|release):([1-9]\d{0,14})$/.exec(text) ?? [];
  if (action !== "take" && action !== "release") return null;
  return { action, incidentId: Number(id) };
}
