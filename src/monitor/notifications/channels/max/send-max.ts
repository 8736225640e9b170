import Type from "typebox";
import { Compile } from "typebox/compile";
import type { BotLimits } from "../bots/limits.ts";
import type { Send, SendOutcome } from "../channel.ts";
import { failed, type SendFailure } from "../failed.ts";
import type { OutgoingMessage } from "../message.ts";
import { addressOf } from "./address.ts";
import { callMax, type MaxConnection, type MaxOutcome } from "./call-max.ts";
import type { MaxSecrets, MaxServer, MaxTarget } from "./connection.ts";
import { contentOf, type MessageContent } from "./message-content.ts";
import { type MessagePlace, readPlace, readSent, writePlace } from "./sent-message.ts";

const IS_GONE =
  /^message\.(?:not\.found|deleted)|message (?:was |is )?(?:not found|deleted)|can(?:no|')t (?:be )?edit|too old/i;
const IS_LINK_REFUSED = /links format in buttons/i;

const successes = Compile(Type.Object({ success: Type.Literal(true) }));

export interface MaxChannel {
  server: MaxServer;
  target: MaxTarget;
  secrets: MaxSecrets;
}

/** Sends messages by a bot of MAX, and changes them in place. @param limits for tests. */
export function createMaxSend({ server, target, secrets }: MaxChannel, limits?: Partial<BotLimits>): Send {
  const connection: MaxConnection = { server, secrets, limits };

  return async (message, signal) => {
    const place = message.reference === null ? null : readPlace(message.reference);
    if (!place) return await sendNew(message, signal);
    const changed = await change(message, place, signal);
    return changed ?? (await sendNew({ ...message, isSilent: true }, signal));
  };

  async function sendNew(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
    const query = { ...addressOf(target.chatId), disable_link_preview: "true" };
    const sent = await withLink(message, (content) => {
      const body = { ...content, notify: !message.isSilent };
      return callMax(connection, { method: "POST", path: "/messages", query, body }, signal);
    });
    return sent.ok ? readSent(sent.result, target.chatId, secrets) : sent;
  }

  /** @returns null when there is nothing left to be changed. */
  async function change(
    message: OutgoingMessage,
    place: MessagePlace,
    signal: AbortSignal,
  ): Promise<SendOutcome | null> {
    const query = { message_id: place.messageId };
    const changed = await withLink(message, (content) => {
      const body = { ...content, notify: false };
      return callMax(connection, { method: "PUT", path: "/messages", query, body }, signal);
    });
    if (!changed.ok) return isGone(changed, place) ? null : changed;
    if (!successes.Check(changed.result))
      return failed("invalid_answer", "taken, but without saying that it is changed");
    return { ok: true, reference: writePlace(place), answer: "changed" };
  }

  /** Besides a message that was deleted, one that is where messages are no longer sent to. */
  function isGone({ failure, detail }: SendFailure, place: MessagePlace): boolean {
    if (IS_GONE.test(detail)) return true;
    return failure === "recipient" && place.chatId !== target.chatId;
  }
}

/** Writes the link into the text when MAX takes no button for it. */
async function withLink(
  message: OutgoingMessage,
  attempt: (content: MessageContent) => Promise<MaxOutcome>,
): Promise<MaxOutcome> {
  const outcome = await attempt(contentOf(message, true));
  if (outcome.ok || !IS_LINK_REFUSED.test(outcome.detail)) return outcome;
  return await attempt(contentOf(message, false));
}
