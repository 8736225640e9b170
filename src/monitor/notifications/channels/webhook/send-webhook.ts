import type { Send } from "../channel.ts";
import { failed } from "../failed.ts";
import { hideUrl } from "../http/hide-url.ts";
import { type PostOptions, post } from "../http/post.ts";
import type { WebhookSecrets, WebhookTarget } from "./connection.ts";
import { signBody } from "./sign-body.ts";
import { webhookBody } from "./webhook-body.ts";

/** What is called, and with which secret. */
export interface WebhookConnection {
  target: WebhookTarget;
  secrets: WebhookSecrets;
}

/** Makes a channel that tells a program: a POST of JSON, signed with the secret (`signBody`). */
export function createWebhookSend(
  { target, secrets: { secret } }: WebhookConnection,
  options: PostOptions = {},
): Send {
  const { clock = Date.now } = options;
  return async (message, signal) => {
    signal.throwIfAborted();
    const url = URL.parse(target.url);
    if (!url) return failed("refused", "the address cannot be read");
    const body = JSON.stringify(webhookBody(message));
    const headers = {
      "Content-Type": "application/json; charset=utf-8",
      "User-Agent": "Poswatch",
      "X-Poswatch-Event": message.kind,
      "X-Poswatch-Delivery": message.key,
      "X-Poswatch-Signature": signBody(body, secret, clock()),
    };
    return await post({ url, body, headers, hide: hideUrl(url, secret) }, options, signal);
  };
}
