import type { Send } from "../channel.ts";
import { failed } from "../failed.ts";
import { hideUrl } from "../http/hide-url.ts";
import { type PostOptions, post } from "../http/post.ts";
import type { IncidentFacts, OutgoingMessage, TellingKind } from "../message.ts";
import { plainBody, plainLine, plainLines } from "../plain-text.ts";
import type { WebhookSecrets, WebhookTarget } from "./connection.ts";
import { signBody } from "./sign-body.ts";

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

/** What a webhook is told, as JSON; a contract with other programs, in which nothing changes its meaning. */
interface WebhookBody {
  /** A UUID, the same at every try: what came twice is known by it. */
  id: string;
  event: TellingKind;
  /** When the message was made, ISO 8601 in UTC; of two messages about one incident the later one counts. */
  sentAt: string;
  title: string;
  /** Paragraphs and list as plain text, in the language of the channel. */
  text: string;
  /** Of the incident in Poswatch; null = the address of Poswatch is not known. */
  url: string | null;
  /** null = it is about no incident. */
  incident: IncidentFacts | null;
}

function webhookBody({ key, kind, at, text, language, incident }: OutgoingMessage): WebhookBody {
  return {
    id: key,
    event: kind,
    sentAt: new Date(at).toISOString(),
    title: plainLine(text.title),
    text: [plainBody(text, language), plainLines(text.footer ?? "")].filter(Boolean).join("\n\n"),
    url: text.open?.url ?? null,
    incident,
  };
}
