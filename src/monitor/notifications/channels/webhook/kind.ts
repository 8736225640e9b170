import { createHmac } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { shortLine } from "../../../../protocol/visible-text.ts";
import { type CallLimits, call, type OutgoingAnswer } from "../../../outgoing/call.ts";
import { classOfStatus, failed } from "../../../outgoing/failure.ts";
import { type Hide, hideSecrets, secretsOfUrl } from "../../../outgoing/hide-secrets.ts";
import { checkPattern, checkUrl } from "../form.ts";
import type { Kind, Send, SendOutcome } from "../kind.ts";
import type { IncidentFacts, NotificationKind, OutgoingMessage } from "../message.ts";
import { plainBody, plainLine, plainLines } from "../plain-text.ts";

/** The body of an answer is not needed. */
const LIMITS = { callTimeoutMs: 15_000, maxAnswerBytes: 8 * 1024, bodyTimeoutMs: 2_000 };
const MAX_ANSWER_CHARACTERS = 200;

export const webhookKind: Kind<{ url: string }, { secret: string }> = {
  fields: [
    { name: "url", isRequired: true, inputMode: "url", hint: "url", check: checkUrl },
    {
      name: "secret",
      control: "secret",
      hint: "secret",
      maxLength: 200,
      check: checkPattern(/^.{16,}$/, "channels.problem.secret"),
      sentTo: ({ url = "" }) => [URL.parse(url)?.origin],
      isGenerated: true,
    },
  ],
  createSend: ({ url }, { secret }) => createWebhookSend(url, secret),
  reach: (_words, { url }) => URL.parse(url)?.host ?? "",
  facts: () => [],
};

/** Sends a POST of JSON to a program, signed with the secret (`signBody`). @param limits for tests. */
export function createWebhookSend(
  url: string,
  secret: string,
  { clock = Date.now, ...limits }: Partial<CallLimits> & { clock?: () => number } = {},
): Send {
  const hide = hideSecrets([...secretsOfUrl(url), secret]);
  return async (message, signal) => {
    const body = JSON.stringify(webhookBody(message));
    const headers = {
      "User-Agent": "Poswatch",
      "Content-Type": "application/json; charset=utf-8",
      "X-Poswatch-Event": message.kind,
      "X-Poswatch-Delivery": message.key,
      "X-Poswatch-Signature": signBody(body, secret, clock()),
    };
    const request = { method: "POST", url, headers, body, hide } as const;
    const answer = await call(request, signal, { ...LIMITS, ...limits });
    return answer.ok ? outcomeOfHttp(answer, hide) : answer;
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

/** @param hide secrets in the answer. */
export function outcomeOfHttp(answer: OutgoingAnswer, hide: Hide): SendOutcome {
  const { status, retryAfterMs } = answer;
  const line = answerLine(answer, hide);
  if (status >= 200 && status < 300) return { ok: true, reference: null, answer: shortLine(line) };
  const words = status >= 300 && status < 400 ? `${line}; redirects are not followed` : line;
  return failed(classOfStatus(status, retryAfterMs !== null), words, retryAfterMs);
}

/** `200 OK: ticket 118`; from the local network only `200 OK`, as a channel's test must not explore it. */
function answerLine(answer: OutgoingAnswer, hide: Hide): string {
  const { status, statusLine, isPublic, text } = answer;
  if (!isPublic) return `${status} ${STATUS_CODES[status] ?? ""}`.trim();
  const body = text.trim();
  const said = /^[{[]/.test(body) ? body : (body.split(/[\r\n]/)[0] ?? "");
  const line = said.startsWith("<") ? "" : hide(plainLine(said)).slice(0, MAX_ANSWER_CHARACTERS);
  return [hide(plainLine(statusLine)), line].filter(Boolean).join(": ");
}
