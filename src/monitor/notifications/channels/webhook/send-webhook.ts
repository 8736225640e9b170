import { Agent, request } from "undici";
import { errorText } from "../../../../protocol/error-text.ts";
import { shortLine } from "../../../pos-client/calls/failure.ts";
import { lookupAllowed, requireCallable } from "../callable-host.ts";
import type { Send, SendOutcome } from "../channel.ts";
import { failed } from "../failed.ts";
import { trustIn } from "../trust.ts";
import { answerFailure } from "./answer-failure.ts";
import { answerLine } from "./answer-line.ts";
import { callFailure } from "./call-failure.ts";
import type { WebhookSecrets, WebhookTarget } from "./connection.ts";
import { hideUrl } from "./hide-url.ts";
import { signBody } from "./sign-body.ts";
import { webhookBody } from "./webhook-body.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const SEND_TIMEOUT_MS = 15_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** What is called, and with which secret. */
export interface WebhookConnection {
  target: WebhookTarget;
  secrets: WebhookSecrets;
}

/** What tests choose. */
export interface WebhookOptions {
  connectTimeoutMs?: number;
  /** All of it. */
  sendTimeoutMs?: number;
  /** PEM, instead of those of the system. */
  authorities?: string;
  /** ms UTC; the signature has its time. */
  clock?: () => number;
}

/** Makes a channel that tells a program: a POST of JSON, signed with the secret (`signBody`). Redirects are not followed. */
export function createWebhookSend(
  { target, secrets: { secret } }: WebhookConnection,
  {
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    sendTimeoutMs = SEND_TIMEOUT_MS,
    authorities = "",
    clock = Date.now,
  }: WebhookOptions = {},
): Send {
  return async (message, signal) => {
    signal.throwIfAborted();
    if (!URL.canParse(target.url)) return failed("refused", "the address cannot be read");
    const url = new URL(target.url);
    const hide = hideUrl(url, secret);
    const overdue = AbortSignal.timeout(sendTimeoutMs);
    const body = JSON.stringify(webhookBody(message));
    let dispatcher: Agent | null = null;
    try {
      requireCallable(url.hostname);
      dispatcher = createDispatcher(url, connectTimeoutMs, authorities);
      const answer = await request(url, {
        dispatcher,
        method: "POST",
        body,
        headers: {
          "Content-Type": "application/json; charset=utf-8",
          "User-Agent": "Poswatch",
          ...loginOf(url),
          "X-Poswatch-Event": message.kind,
          "X-Poswatch-Delivery": message.key,
          "X-Poswatch-Signature": signBody(body, secret, clock()),
        },
        signal: AbortSignal.any([signal, overdue]),
      });
      const line = await answerLine(answer, hide);
      signal.throwIfAborted();
      return outcomeOf(answer.statusCode, answer.headers, line, clock());
    } catch (error) {
      signal.throwIfAborted();
      if (overdue.aborted) return failed("response_timeout", `no answer within ${sendTimeoutMs} ms`);
      if (error instanceof Error) return callFailure(error, hide);
      return failed("server_error", hide(errorText(error)));
    } finally {
      await dispatcher?.destroy();
    }
  };
}

/** Undici leaves a login in an address out. */
function loginOf({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(login).toString("base64")}` };
}

function createDispatcher(url: URL, connectTimeoutMs: number, authorities: string): Agent {
  const trust = url.protocol === "https:" ? { secureContext: trustIn(authorities) } : {};
  return new Agent({
    connect: { lookup: lookupAllowed, timeout: connectTimeoutMs, ...trust },
    allowH2: false,
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}

function outcomeOf(
  status: number,
  headers: Parameters<typeof answerFailure>[0]["headers"],
  line: string,
  now: number,
): SendOutcome {
  if (status >= 200 && status < 300) return { ok: true, reference: null, answer: shortLine(line) };
  return answerFailure({ status, headers, line }, now);
}
