import webPush from "web-push";
import type { OutgoingMessage } from "../message.ts";
import type { PushSecrets, PushSender, PushTarget } from "./connection.ts";
import { pushPayload, topicOf } from "./push-payload.ts";

/** What a browser that is off for longer does not hear of any more. */
const KEPT_SECONDS = 86_400;
const ENCODING = "aes128gcm";

/** By whom, and to which browser. */
export interface PushConnection {
  server: PushSender;
  target: PushTarget;
  secrets: PushSecrets;
}

/**
 * Makes the request that a push service takes: encrypted so that only the browser reads it (RFC 8291), and signed with the keys of the
 * installation (RFC 8292).
 * @throws Error when the keys are none.
 */
export function pushRequest({ server, target, secrets }: PushConnection, message: OutgoingMessage) {
  const { publicKey, privateKey, subject } = server;
  const payload = JSON.stringify(pushPayload(message));
  const { cipherText } = webPush.encrypt(target.p256dh, secrets.auth, payload, ENCODING);
  const { origin } = new URL(target.endpoint);
  const isUrgent = message.text.sign === "failing" && !message.isSilent;
  return {
    body: cipherText,
    headers: {
      ...webPush.getVapidHeaders(origin, subject, publicKey, privateKey, ENCODING),
      "Content-Type": "application/octet-stream",
      "Content-Encoding": ENCODING,
      "User-Agent": "Poswatch",
      TTL: String(KEPT_SECONDS),
      Urgency: isUrgent ? "high" : "normal",
      // What has not been delivered yet is replaced by what comes after it.
      Topic: topicOf(message.thread),
    },
  };
}
