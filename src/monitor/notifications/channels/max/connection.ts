import Type, { type Static } from "typebox";

/** Where bots of MAX are served; the address before it, without `2`, has taken nothing since 19 July 2026. */
export const MAX_URL = "https://platform-api2.max.ru";

/** A bot, and the way to it. */
export const MaxServer = Type.Object({
  /** Where the Bot API is: `https://host/path`. */
  baseUrl: Type.String({ pattern: "^https?://\\S+$", maxLength: 500 }),
  /**
   * The authorities that vouch for it, and for a proxy with TLS, as PEM; empty = those of the system. MAX has its certificate from that of
   * the Russian ministry of digital development, which few systems know.
   */
  authorities: Type.String({ maxLength: 32_768 }),
});
export type MaxServer = Static<typeof MaxServer>;

/** What nobody is shown again. */
export const MaxSecrets = Type.Object({
  token: Type.String({ pattern: "^[A-Za-z0-9._~+/=:-]{5,300}$" }),
  /** `http://…`, `https://…` or `socks5://…`, with login and password if it wants them; empty = none. */
  proxy: Type.String({ maxLength: 500 }),
});
export type MaxSecrets = Static<typeof MaxSecrets>;

/** A person, a group or a channel. */
export const MaxTarget = Type.Object({
  /** `-70000000000005` of a group or a channel; `user:123456789` of a person, whose number is not that of the dialog with them. */
  chatId: Type.String({ pattern: "^(-?\\d{1,20}|user:\\d{1,20})$" }),
});
export type MaxTarget = Static<typeof MaxTarget>;
