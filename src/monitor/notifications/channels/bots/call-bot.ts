import Type from "typebox";
import { Compile } from "typebox/compile";
import { parseJson } from "../../../../protocol/parse-json.ts";
import { shortLine } from "../../../../protocol/visible-text.ts";
import { type CallLimits, call } from "../../../outgoing/call.ts";
import { classOfStatus, failed, type OutgoingFailure } from "../../../outgoing/failure.ts";
import { type Hide, hideSecrets, secretsOfProxy } from "../../../outgoing/hide-secrets.ts";
import type { Messenger } from "../kind.ts";
import type { BotAnswer, BotCall, BotDialect, BotSecrets, BotSettings } from "./dialect.ts";
import { max } from "./max.ts";
import { telegram } from "./telegram.ts";

export const DIALECTS: Record<Messenger, BotDialect> = { telegram, max };

export interface BotConnection {
  kind: Messenger;
  settings: BotSettings;
  secrets: BotSecrets;
}

/** Rejects when the signal ends it. @returns the answer without secrets; its result is not checked yet. */
export async function callBot(
  { kind, settings, secrets }: BotConnection,
  asked: BotCall,
  signal: AbortSignal,
  limits?: Partial<CallLimits>,
): Promise<BotAnswer> {
  const dialect = DIALECTS[kind];
  const proxy = proxyOf(settings, secrets);
  const hide = hideOfBot(settings, secrets);
  const { path, headers } = dialect.signed(asked, secrets.token);
  const body = asked.body && JSON.stringify(asked.body);
  const answer = await call(
    {
      method: asked.method,
      url: settings.baseUrl + path,
      body,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      proxy,
      authorities: settings.authorities,
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

function hideOfBot(settings: BotSettings, secrets: BotSecrets): Hide {
  return hideSecrets([secrets.token, ...secretsOfProxy(proxyOf(settings, secrets))]);
}

function proxyOf({ proxy, proxyLogin }: BotSettings, { proxyPassword }: BotSecrets): string {
  if (proxy === "" || proxyLogin === "") return proxy;
  const login = [proxyLogin, proxyPassword].map(encodeURIComponent).join(":");
  return proxy.replace("//", `//${login}@`);
}

const bots = Compile(Type.Object({ username: Type.String({ minLength: 1 }) }));

/** `username` is without `@`. */
export async function describeBot(
  connection: BotConnection,
  limits?: Partial<CallLimits>,
): Promise<{ ok: true; username: string } | OutgoingFailure> {
  const { signal } = new AbortController();
  const asked = await callBot(connection, DIALECTS[connection.kind].describeBot, signal, limits);
  if (!asked.ok) return asked;
  if (!bots.Check(asked.result)) return failed("temporary", "taken, but without saying who the bot is");
  const hide = hideOfBot(connection.settings, connection.secrets);
  return { ok: true, username: shortLine(hide(asked.result.username)) };
}

/** As Telegram has them: what is written to a bot, and that it was added to a group. */
const updates = Compile(
  Type.Array(
    Type.Object({ message: Type.Optional(Type.Object({ chat: Type.Object({ id: Type.Integer() }) })) }),
  ),
);

/**
 * The chat of Telegram that a bot was written from last, within a day; it is not found where the bot is listened to already.
 * @returns null when there is none.
 */
export async function findNewestChat(
  connection: BotConnection,
): Promise<{ ok: true; chatId: string } | OutgoingFailure | null> {
  const { signal } = new AbortController();
  const asked = await callBot(connection, DIALECTS[connection.kind].pollUpdates(null, 0), signal);
  if (!asked.ok) return asked;
  if (!updates.Check(asked.result)) return failed("temporary", "taken, but without updates");
  const chat = asked.result.findLast(({ message }) => message)?.message?.chat;
  return chat ? { ok: true, chatId: String(chat.id) } : null;
}
