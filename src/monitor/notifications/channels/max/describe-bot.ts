import Type from "typebox";
import { Compile } from "typebox/compile";
import { shortLine } from "../../../pos-client/calls/failure.ts";
import { hideSecrets } from "../bots/hide-secrets.ts";
import { failed, type SendFailure } from "../failed.ts";
import { callMax, type MaxConnection } from "./call-max.ts";

const bots = Compile(
  Type.Object({ username: Type.String({ minLength: 1 }), first_name: Type.String({ minLength: 1 }) }),
);

/** Who a token belongs to: `username` without `@`. */
export type BotDescription = { ok: true; username: string; name: string } | SendFailure;

/** Asks MAX who the bot of a token is. It rejects when the signal ends it. */
export async function describeBot(connection: MaxConnection, signal: AbortSignal): Promise<BotDescription> {
  const asked = await callMax(connection, { method: "GET", path: "/me" }, signal);
  if (!asked.ok) return asked;
  if (!bots.Check(asked.result)) return failed("invalid_answer", "taken, but without saying who the bot is");
  const { username, first_name } = asked.result;
  const hide = hideSecrets(connection.secrets);
  return { ok: true, username: shortLine(hide(username)), name: shortLine(hide(first_name)) };
}
