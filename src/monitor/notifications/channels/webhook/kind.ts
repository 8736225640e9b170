import { createHmac } from "node:crypto";
import Type, { type Static } from "typebox";
import type { CallLimits } from "../../../outgoing/call.ts";
import { makeSecretToken } from "../../../secrets/secret-box.ts";
import { type Checked, checkUrl, type KindForm } from "../form.ts";
import { type Connection, defineKind, type Send } from "../kind.ts";
import type { IncidentFacts, NotificationKind, OutgoingMessage } from "../message.ts";
import { plainBody, plainLine, plainLines } from "../plain-text.ts";
import { post } from "../post.ts";

const WebhookTarget = Type.Object({
  url: Type.String({ pattern: "^https?://\\S+$", maxLength: 500 }),
});
type WebhookTarget = Static<typeof WebhookTarget>;

const SECRET_LIMITS = { minSecret: 16, maxSecret: 200 };
const WebhookSecrets = Type.Object({
  secret: Type.String({ minLength: SECRET_LIMITS.minSecret, maxLength: SECRET_LIMITS.maxSecret }),
});
type WebhookSecrets = Static<typeof WebhookSecrets>;

/** Sends a POST of JSON to a program, signed with the secret (`signBody`). @param limits for tests. */
export function createWebhookSend(
  { target, secrets: { secret } }: Omit<Connection<object, WebhookTarget, WebhookSecrets>, "server">,
  { clock = Date.now, ...limits }: Partial<CallLimits> & { clock?: () => number } = {},
): Send {
  return async (message, signal) => {
    const body = JSON.stringify(webhookBody(message));
    const headers = {
      "Content-Type": "application/json; charset=utf-8",
      "X-Poswatch-Event": message.kind,
      "X-Poswatch-Delivery": message.key,
      "X-Poswatch-Signature": signBody(body, secret, clock()),
    };
    return await post({ url: target.url, headers, body, secret }, signal, limits);
  };
}

/** A contract with other programs: fields never change their meaning. */
interface WebhookBody {
  /** A UUID, the same at every try. */
  id: string;
  event: NotificationKind;
  /** ISO 8601 in UTC; of two messages about one incident the later one counts. */
  sentAt: string;
  title: string;
  /** Paragraphs and list as plain text, in the language of the channel. */
  text: string;
  /** Of the incident in Poswatch; null = the address of Poswatch is unknown. */
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

/** @param at ms UTC. @returns `t=<unix seconds>,v1=<hex>`, where the hex is the HMAC-SHA256 of `<t>.<body>`. */
export function signBody(body: string, secret: string, at: number): string {
  const seconds = Math.floor(at / 1_000);
  const signature = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${signature}`;
}

/** Without a secret the stored one stays, or one is generated. */
const webhookForm: KindForm<WebhookTarget, WebhookSecrets> = {
  fields: [
    { name: "url", isRequired: true, inputMode: "url", hint: "url", check: checkUrl },
    {
      name: "secret",
      control: "secret",
      hint: "secret",
      check: checkSecret,
      stays: {
        way: ({ url = "" }) => [URL.parse(url)?.origin],
        missing: null,
        again: "channels.problem.secretAgain",
      },
    },
  ],
  defaults: {},
  rareSummary: null,
  typedOf: ({ settings }) => ({ url: settings.url }),
  knownSecrets: () => ["secret"],
  termsOf({ url = "", secret = "" }, present) {
    const made = secret || present?.secrets ? "" : makeSecretToken();
    const given = secret || made;
    return { settings: { url }, secrets: given ? { secret: given } : {}, made };
  },
};

export const webhookKind = defineKind(
  { server: Type.Object({}), target: WebhookTarget, secrets: WebhookSecrets },
  {
    createSend: (connection) => createWebhookSend(connection),
    form: webhookForm,
    reach: (_words, { url }) => URL.parse(url)?.host ?? "",
    facts: () => [],
  },
);

function checkSecret(text: string): Checked {
  const value = text.trim();
  const isRight = value.length >= SECRET_LIMITS.minSecret && value.length <= SECRET_LIMITS.maxSecret;
  return isRight ? { value } : { problem: "channels.problem.secret", values: SECRET_LIMITS };
}
