import Type from "typebox";
import { Compile } from "typebox/compile";
import { request } from "undici";
import { parseJson } from "../../../../protocol/parse-json.ts";
import { type BotConnection, callBot, type Way } from "../bots/call-bot.ts";
import { hideSecrets } from "../bots/hide-secrets.ts";
import { readRetryAfter, readText } from "../bots/read-answer.ts";
import type { SendFailure } from "../failed.ts";
import type { MaxServer } from "./connection.ts";
import { nameRefusal, nameUnreadable } from "./name-refusal.ts";

const HTTP_OK = 200;

const Refusal = Type.Object({ code: Type.String(), message: Type.Optional(Type.String()) });
/** Since November 2026 it has a code; before, words alone. */
const Failure = Type.Object({
  success: Type.Literal(false),
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
});

const refusals = Compile(Refusal);
const failures = Compile(Failure);
const objects = Compile(Type.Object({}));

/** As which bot to call MAX, and by which way. */
export type MaxConnection = BotConnection<MaxServer>;

/** What is asked of the Bot API. */
export interface MaxCall {
  method: "GET" | "POST" | "PUT";
  /** `/messages` */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: object;
}

/** How a call ended; what the result is has yet to be checked. */
export type MaxOutcome = { ok: true; result: unknown } | SendFailure;

/** Makes one call to the Bot API of MAX; redirects are not followed. It rejects when the signal ends it. */
export async function callMax(
  { server, secrets, limits }: MaxConnection,
  call: MaxCall,
  signal: AbortSignal,
): Promise<MaxOutcome> {
  const search = call.query ? `?${new URLSearchParams(call.query)}` : "";
  const url = `${server.baseUrl.replace(/\/+$/, "")}${call.path}${search}`;
  const trusting = { authorities: server.authorities, ...limits };
  const hide = hideSecrets(secrets);
  return await callBot<MaxOutcome>({ server, secrets, limits: trusting }, signal, (way) => ask(url, way));

  async function ask(url: string, { dispatcher, signal, maxAnswerBytes }: Way): Promise<MaxOutcome> {
    const answer = await request(url, {
      ...{ dispatcher, signal, method: call.method },
      headers: { authorization: secrets.token, ...(call.body && { "content-type": "application/json" }) },
      ...(call.body && { body: JSON.stringify(call.body) }),
    });
    const said = parseJson(await readText(answer.body, maxAnswerBytes));
    const status = answer.statusCode;
    const retryAfterMs = readRetryAfter(answer.headers["retry-after"]);
    if (failures.Check(said)) return nameRefusal({ code: "", ...said, status, retryAfterMs }, hide);
    if (status === HTTP_OK && objects.Check(said)) return { ok: true, result: said };
    return refusals.Check(said)
      ? nameRefusal({ ...said, status, retryAfterMs }, hide)
      : nameUnreadable(status, retryAfterMs);
  }
}
