import { createHash } from "node:crypto";
import Type, { type Static } from "typebox";
import webPush from "web-push";
import type { CallLimits } from "../../../outgoing/call.ts";
import { failed } from "../../../outgoing/failure.ts";
import type { Language } from "../../../viewer/language.ts";
import { type Connection, defineKind, type Send } from "../kind.ts";
import type { OutgoingMessage } from "../message.ts";
import { cutAtWord, plainLine } from "../plain-text.ts";
import { post } from "../post.ts";

/** Those of Windows are the longest. */
const MAX_ENDPOINT_LENGTH = 2_000;
/** For a browser that is off. */
const KEPT_SECONDS = 86_400;
const ENCODING = "aes128gcm";
/** As much as a locked screen shows; less than 3 KB together with the rest, in any alphabet. */
const MAX_TITLE_CHARACTERS = 120;
const MAX_LINE_CHARACTERS = 240;
const SHOWN_LINES = 2;
/** The limit of a `Topic`, RFC 8030. */
const TOPIC_CHARACTERS = 32;

/** The installation's keys, which sign messages. */
export const PushSender = Type.Object({
  /** A point of P-256, uncompressed, in base64url. */
  publicKey: Type.String({ pattern: "^[A-Za-z0-9_-]{87}$" }),
  privateKey: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
  /** A contact for push services: `https:` or `mailto:`. */
  subject: Type.String({ pattern: "^(?:https://|mailto:)\\S+$" }),
});
export type PushSender = Static<typeof PushSender>;

export const PushTarget = Type.Object({
  endpoint: Type.String({ pattern: "^https?://\\S+$", maxLength: MAX_ENDPOINT_LENGTH }),
  /** Its public key, which encrypts messages. */
  p256dh: Type.String({ pattern: "^[A-Za-z0-9_-]{87}$" }),
});
export type PushTarget = Static<typeof PushTarget>;

/** `auth` proves that a message was encrypted for the browser. */
export const PushSecrets = Type.Object({ auth: Type.String({ pattern: "^[A-Za-z0-9_-]{22}$" }) });
export type PushSecrets = Static<typeof PushSecrets>;

type PushConnection = Connection<PushSender, PushTarget, PushSecrets>;

/** Sends to a browser by its push service (RFC 8030). @param limits for tests. */
export function createPushSend(
  connection: PushConnection,
  isPushService: IsPushService,
  limits: Partial<CallLimits> = {},
): Send {
  return async (message, signal) => {
    const { endpoint } = connection.target;
    const url = URL.parse(endpoint);
    if (!url || !isPushService(url))
      return failed("recipient", `${url?.host ?? "its address"} is no push service that is known`);
    const asked = requestOf(connection, message);
    if (!asked) return failed("recipient", "the keys of the browser cannot be used");
    return await post({ url: endpoint, ...asked, secret: connection.secrets.auth }, signal, limits);
  };
}

/** Of Chrome and its relatives, Firefox, Edge, Safari; a leading dot means all hosts of a domain. */
const PUSH_SERVICES = [
  "fcm.googleapis.com",
  ".push.services.mozilla.com",
  ".notify.windows.com",
  ".push.apple.com",
];

/** Browsers name their push service: no other address may be called. */
export type IsPushService = (endpoint: URL) => boolean;

export const isPushService: IsPushService = ({ protocol, hostname, port, username, password }) => {
  if (protocol !== "https:" || port !== "" || username !== "" || password !== "") return false;
  return PUSH_SERVICES.some((service) =>
    service.startsWith(".") ? hostname.endsWith(service) : hostname === service,
  );
};

export const pushKind = defineKind(
  { server: PushSender, target: PushTarget, secrets: PushSecrets },
  {
    createSend: (connection, isPushService) => createPushSend(connection, isPushService),
    form: null,
    reach: ({ t }, { endpoint }) => t("push.reach", { host: URL.parse(endpoint)?.host ?? "" }),
    facts: () => [],
  },
);

/** RFC 8291 and RFC 8292. @returns null when a key is invalid; the error is not reported since it may contain the key. */
function requestOf({ server, target, secrets }: PushConnection, message: OutgoingMessage) {
  const { publicKey, privateKey, subject } = server;
  const { origin } = new URL(target.endpoint);
  const isUrgent = message.text.sign === "failing" && !message.isSilent;
  const payload = JSON.stringify(payloadOf(message));
  try {
    return {
      body: webPush.encrypt(target.p256dh, secrets.auth, payload, ENCODING).cipherText,
      headers: {
        ...webPush.getVapidHeaders(origin, subject, publicKey, privateKey, ENCODING),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": ENCODING,
        TTL: String(KEPT_SECONDS),
        Urgency: isUrgent ? "high" : "normal",
        // A newer message replaces one that was not delivered yet.
        Topic: topicOf(message.thread),
      },
    };
  } catch {
    return null;
  }
}

/** The JSON for the service worker (`public/push-worker`). */
export interface PushPayload {
  title: string;
  body: string;
  /** The path of a page of Poswatch. */
  url: string;
  /** A newer notification replaces one with the same tag. */
  tag: string;
  /** Whether it makes a sound when it replaces another one. */
  renotify: boolean;
  silent: boolean;
  language: Language;
  /** ms UTC. */
  at: number;
}

function payloadOf({ kind, thread, isSilent, language, at, text, incident }: OutgoingMessage): PushPayload {
  const lines = text.paragraphs.flatMap((paragraph) => paragraph.split(/\r\n|[\n\r]/)).map(plainLine);
  const shown = lines.filter(Boolean).slice(0, SHOWN_LINES);
  const list = kind === "channel" || kind === "channel_works" ? "/channels" : "/incidents";
  return {
    title: cutAtWord(plainLine(text.title), MAX_TITLE_CHARACTERS),
    body: shown.map((line) => cutAtWord(line, MAX_LINE_CHARACTERS)).join("\n"),
    url: incident ? `/incidents/${incident.id}` : list,
    tag: topicOf(thread),
    renotify: !isSilent,
    silent: isSilent,
    language,
    at,
  };
}

/** The conversation, in the characters of a `Topic`. */
function topicOf(thread: string): string {
  return createHash("sha256").update(thread).digest("base64url").slice(0, TOPIC_CHARACTERS);
}
