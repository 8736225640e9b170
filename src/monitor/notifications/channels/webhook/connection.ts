import Type, { type Static } from "typebox";

/** What is called. */
export const WebhookTarget = Type.Object({
  url: Type.String({ pattern: "^https?://\\S+$", maxLength: 500 }),
});
export type WebhookTarget = Static<typeof WebhookTarget>;

/** What nobody is shown again: with it the body is signed. */
export const WebhookSecrets = Type.Object({ secret: Type.String({ minLength: 16, maxLength: 200 }) });
export type WebhookSecrets = Static<typeof WebhookSecrets>;
