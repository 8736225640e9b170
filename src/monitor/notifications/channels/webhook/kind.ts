import Type from "typebox";
import { checkUrl } from "../checks.ts";
import type { KindForm } from "../form.ts";
import { defineKind } from "../kind.ts";
import { createWebhookSend, WebhookSecrets, WebhookTarget } from "./send-webhook.ts";

/** As `WebhookSecrets` has it. */
const SECRET_LENGTH = { min: 16, max: 200 };

/** A secret that is left out is made, or stays as it is. */
const webhookForm: KindForm<WebhookTarget, WebhookSecrets> = {
  fields: [
    { name: "url", isRequired: true, inputMode: "url", hint: "url", check: checkUrl },
    { name: "secret", control: "secret", hint: "secret", check: checkSecret },
  ],
  defaults: {},
  rareSummary: null,
  typedOf: ({ settings }) => ({ url: settings.url }),
  knownSecrets: () => ["secret"],
  termsOf({ url = "", secret = "" }, present) {
    const isAgain =
      present?.secrets === null || (present && originOf(present.settings.url) !== originOf(url));
    return {
      problems: secret === "" && isAgain ? { secret: "channels.problem.secretAgain" } : {},
      settings: { url },
      secrets: secret === "" ? {} : { secret },
    };
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

function checkSecret(text: string) {
  const value = text.trim();
  const isRight = value.length >= SECRET_LENGTH.min && value.length <= SECRET_LENGTH.max;
  return isRight
    ? { value }
    : {
        problem: "channels.problem.secret",
        values: { minSecret: SECRET_LENGTH.min, maxSecret: SECRET_LENGTH.max },
      };
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? "";
}
