import Type, { type Static } from "typebox";

/** `starttls`: it begins unencrypted, and nothing is said before it is encrypted; `none`: for a server beside Poswatch only. */
export const EMAIL_SECURITIES = ["starttls", "tls", "none"] as const;
export type EmailSecurity = (typeof EMAIL_SECURITIES)[number];

export const MAX_RECIPIENTS = 20;

/** A server that takes mail. */
export const EmailServer = Type.Object({
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  security: Type.Enum(EMAIL_SECURITIES),
  /** Empty = it asks for none. */
  login: Type.String({ maxLength: 200 }),
  /** Of whom the mail is: an address, or a name and an address. */
  from: Type.String({ minLength: 3, maxLength: 320 }),
  /** The authorities that vouch for it, as PEM; empty = those of the system. */
  authorities: Type.String({ maxLength: 32_768 }),
});
export type EmailServer = Static<typeof EmailServer>;

/** What nobody is shown again. */
export const EmailSecrets = Type.Object({ password: Type.String({ maxLength: 500 }) });
export type EmailSecrets = Static<typeof EmailSecrets>;

/** To whom. */
export const EmailTarget = Type.Object({
  to: Type.Array(Type.String({ minLength: 3, maxLength: 254 }), { minItems: 1, maxItems: MAX_RECIPIENTS }),
});
export type EmailTarget = Static<typeof EmailTarget>;
