import Type, { type Static } from "typebox";

/** Where bots are served unless somebody has a server of their own. */
export const TELEGRAM_URL = "https://api.telegram.org";

/** A bot, and the way to it. */
export const TelegramServer = Type.Object({
  /** Where the Bot API is: `https://host/path` without the token. */
  baseUrl: Type.String({ pattern: "^https?://\\S+$", maxLength: 500 }),
});
export type TelegramServer = Static<typeof TelegramServer>;

/** What nobody is shown again. */
export const TelegramSecrets = Type.Object({
  token: Type.String({ pattern: "^[A-Za-z0-9:_-]{5,200}$" }),
  /** `http://…`, `https://…` or `socks5://…`, with login and password if it wants them; empty = none. */
  proxy: Type.String({ maxLength: 500 }),
});
export type TelegramSecrets = Static<typeof TelegramSecrets>;

/** A person, a group or a channel, and a topic of a group. */
export const TelegramTarget = Type.Object({
  /** `-1001234567890`, or `@name` of a public one. */
  chatId: Type.String({ pattern: "^(-?\\d{1,20}|@[A-Za-z][A-Za-z0-9_]{3,40})$" }),
  topicId: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
});
export type TelegramTarget = Static<typeof TelegramTarget>;
