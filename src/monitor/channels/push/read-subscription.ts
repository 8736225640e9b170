import { ECDH } from "node:crypto";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { textFields } from "../../forms/fields.ts";
import { PushSecrets, PushTarget } from "../../notifications/channels/push/connection.ts";
import type { IsPushService } from "../../notifications/channels/push/push-services.ts";

const SubscriptionForm = Compile(Type.Object({ ...PushTarget.properties, ...PushSecrets.properties }));

/** What a browser has said of itself, or the key of what is wrong with it. */
export type ReadSubscription =
  | { target: PushTarget; secrets: PushSecrets }
  | { problem: "invalid" | "unknownService"; host: string };

/** Reads the form that `public/js/push.js` sends: nobody fills it in. */
export function readSubscription(body: unknown, isPushService: IsPushService): ReadSubscription {
  const form = textFields(body, ["endpoint", "p256dh", "auth"]);
  const url = URL.parse(form.endpoint);
  if (!url || !SubscriptionForm.Check(form) || !isPublicKey(form.p256dh))
    return { problem: "invalid", host: "" };
  if (!isPushService(url)) return { problem: "unknownService", host: url.host };
  const { endpoint, p256dh, auth } = form;
  return { target: { endpoint, p256dh }, secrets: { auth } };
}

/** Whether it is a point of the curve: nothing could be encrypted for another one. */
function isPublicKey(p256dh: string): boolean {
  try {
    ECDH.convertKey(p256dh, "prime256v1", "base64url");
    return true;
  } catch {
    return false;
  }
}
