import { checkedValue, checkUrl, problemOf } from "./checks.ts";
import type { ReadTerms } from "./form.ts";

export const WEBHOOK_FIELDS = ["url", "secret"] as const;

/** As `WebhookSecrets` has it. */
const SECRET_LENGTH = { min: 16, max: 200 };

/** Reads the fields of a webhook; a secret that is left out is made, or stays as it is. */
export function readWebhookTerms(typed: Readonly<Record<string, string>>): ReadTerms {
  const url = checkUrl(typed.url ?? "");
  const secret = (typed.secret ?? "").trim();
  const isWrong = secret !== "" && (secret.length < SECRET_LENGTH.min || secret.length > SECRET_LENGTH.max);
  return {
    problems: { ...problemOf("url", url), ...(isWrong && { secret: "channels.problem.secret" }) },
    limits: { minSecret: SECRET_LENGTH.min, maxSecret: SECRET_LENGTH.max },
    terms: {
      kind: "webhook",
      viaId: null,
      settings: { url: checkedValue(url) },
      secrets: secret === "" ? {} : { secret },
    },
  };
}
