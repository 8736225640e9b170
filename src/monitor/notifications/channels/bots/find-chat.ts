import Type from "typebox";
import { Compile } from "typebox/compile";
import { failed, type OutgoingFailure } from "../../../outgoing/failure.ts";
import { type BotConnection, callBot, DIALECTS } from "./call-bot.ts";

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
