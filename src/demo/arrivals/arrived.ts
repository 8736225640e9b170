/** Somebody who uses Telegram. */
export interface TelegramUser {
  id: number;
  firstName: string;
  lastName?: string;
  username?: string;
}

/** A button below a message: it either says something to the bot, or leads somewhere. */
export type ArrivedButton = { text: string; data: string } | { text: string; url: string };

/** What a message looks like; entities in UTF-16 units of its text. */
export interface ArrivedLook {
  text: string;
  entities: readonly { type: string; offset: number; length: number }[];
  buttons: readonly (readonly ArrivedButton[])[];
}

/** A message as it is now; times in ms UTC. */
export interface ArrivedMessage extends ArrivedLook {
  id: number;
  /** null = the bot. */
  from: TelegramUser | null;
  isSilent: boolean;
  sentAt: number;
  editedAt: number | null;
  /** What it looked like before, oldest first. */
  history: readonly (ArrivedLook & { at: number })[];
}

/** What the bot says to whoever has pressed a button; an alert has to be closed. */
export interface BotAnswer {
  text: string;
  isAlert: boolean;
}

/** A Telegram in which people can look and act. */
export interface ArrivedTelegram {
  /** Oldest first; none when there is no such chat. */
  messages(chatId: number): readonly ArrivedMessage[];
  /** @throws Error when the bot does not answer in time. */
  press(chatId: number, messageId: number, buttonText: string, from: TelegramUser): Promise<BotAnswer>;
  /** Writes to a chat, which begins when it is the one of this person with the bot. */
  say(chatId: number, text: string, from: TelegramUser): void;
}

export interface ArrivedMail {
  id: number;
  /** ms UTC. */
  receivedAt: number;
  from: string;
  to: readonly string[];
  /** By name in lower case. */
  headers: Readonly<Record<string, string>>;
  text: string | null;
  html: string | null;
}

/** A mailbox of everybody, oldest first. */
export interface ArrivedMails {
  mails(): readonly ArrivedMail[];
}
