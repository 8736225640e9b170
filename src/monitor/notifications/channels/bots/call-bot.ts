import Type from "typebox";
import { Compile } from "typebox/compile";
import { parseJson } from "../../../../protocol/parse-json.ts";
import { shortLine } from "../../../../protocol/visible-text.ts";
import { type CallLimits, call } from "../../../outgoing/call.ts";
import { classOfStatus, failed, type OutgoingFailure } from "../../../outgoing/failure.ts";
import { type Hide, hideSecrets, secretsOfProxy } from "../../../outgoing/hide-secrets.ts";
import type { Messenger } from "../kind.ts";
import type { BotAnswer, BotCall, BotDialect, BotSecrets, BotServer } from "./dialect.ts";
import { max } from "./max.ts";
import { telegram } from "./telegram.ts";

export const DIALECTS: Record<Messenger, BotDialect> = { telegram, max };

export interface BotConnection {
  kind: Messenger;
  server: BotServer;
  secrets: BotSecrets;
}

export function hideOfBot({ token, proxy }: BotSecrets): Hide {
  return hideSecrets([token, ...secretsOfProxy(proxy)]);
}

/** Rejects when the signal ends it. @returns the answer without secrets; its result is not checked yet. */
export async function callBot(
  { kind, server, secrets }: BotConnection,
  asked: BotCall,
  signal: AbortSignal,
  limits?: Partial<CallLimits>,
): Promise<BotAnswer> {
  const dialect = DIALECTS[kind];
  const hide = hideOfBot(secrets);
  const { path, headers } = dialect.signed(asked, secrets.token);
  const body = asked.body && JSON.stringify(asked.body);
  const answer = await call(
    {
      method: asked.method,
      url: server.baseUrl.replace(/\/+$/, "") + path,
      body,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      proxy: secrets.proxy,
      authorities: server.authorities,
      hide,
    },
    signal,
    limits,
  );
  if (!answer.ok) return answer;
  const read = dialect.readAnswer(parseJson(answer.text), answer, hide);
  if (read) return read;
  const { status, retryAfterMs, isWhole } = answer;
  const failure = classOfStatus(status, false);
  if (failure === "wait" || status >= 500) return failed(failure, `HTTP ${status}`, retryAfterMs);
  const what = isWhole ? "no answer of a Bot API" : "no more than a part of an answer";
  return failed("temporary", `HTTP ${status}, and ${what}`);
}

const bots = Compile(
  Type.Object({ username: Type.String({ minLength: 1 }), first_name: Type.String({ minLength: 1 }) }),
);

/** `username` is without `@`. */
export async function describeBot(
  connection: BotConnection,
  limits?: Partial<CallLimits>,
): Promise<{ ok: true; username: string; name: string } | OutgoingFailure> {
  const { signal } = new AbortController();
  const asked = await callBot(connection, DIALECTS[connection.kind].describeBot, signal, limits);
  if (!asked.ok) return asked;
  if (!bots.Check(asked.result)) return failed("temporary", "taken, but without saying who the bot is");
  const clean = (text: string) => shortLine(hideOfBot(connection.secrets)(text));
  return { ok: true, username: clean(asked.result.username), name: clean(asked.result.first_name) };
}
