import Type, { type Static } from "typebox";
import { defineKind } from "../kind.ts";
import { createPushSend } from "./send-push.ts";

/** The service of a browser, with the path that leads to this one. Those of Windows are the longest. */
const MAX_ENDPOINT_LENGTH = 2_000;

/** By whose keys a message is signed: the installation's, the same for all browsers. */
export const PushSender = Type.Object({
  /** A point of P-256, uncompressed, in base64url. */
  publicKey: Type.String({ pattern: "^[A-Za-z0-9_-]{87}$" }),
  privateKey: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
  /** Whom a push service can ask about it: `https:` or `mailto:`. */
  subject: Type.String({ pattern: "^(?:https://|mailto:)\\S+$" }),
});
export type PushSender = Static<typeof PushSender>;

/** Which browser. */
export const PushTarget = Type.Object({
  endpoint: Type.String({ pattern: "^https?://\\S+$", maxLength: MAX_ENDPOINT_LENGTH }),
  /** Its public key, with which messages are encrypted. */
  p256dh: Type.String({ pattern: "^[A-Za-z0-9_-]{87}$" }),
});
export type PushTarget = Static<typeof PushTarget>;

/** What nobody is shown again: with it the browser knows that a message was encrypted for it. */
export const PushSecrets = Type.Object({ auth: Type.String({ pattern: "^[A-Za-z0-9_-]{22}$" }) });
export type PushSecrets = Static<typeof PushSecrets>;

export const pushKind = defineKind(
  { server: PushSender, target: PushTarget, secrets: PushSecrets },
  {
    createSend: (connection, isPushService) => createPushSend(connection, isPushService),
    form: null,
    reach: ({ t }, { endpoint }) => t("push.reach", { host: URL.parse(endpoint)?.host ?? "" }),
    facts: () => [],
  },
);
