import type { BotLimits } from "../bots/limits.ts";
import type { Send, SendOutcome } from "../channel.ts";
import type { OutgoingMessage } from "../message.ts";
import { type CallOutcome, callTelegram, type FailedCall, type TelegramConnection } from "./call-telegram.ts";
import type { TelegramSecrets, TelegramServer, TelegramTarget } from "./connection.ts";
import { contentOf, type MessageContent } from "./message-content.ts";
import { type MessagePlace, readPlace, readSent, writePlace } from "./sent-message.ts";

const IS_UNCHANGED = /message is not modified/i;
const IS_GONE = /message to edit not found|message can't be edited|MESSAGE_ID_INVALID/i;
const IS_LINK_REFUSED = /BUTTON_URL_INVALID|button URL .* is invalid/i;

export interface TelegramChannel {
  server: TelegramServer;
  target: TelegramTarget;
  secrets: TelegramSecrets;
}

/** Sends messages by a bot, and changes them in place. @param limits for tests. */
export function createTelegramSend(
  { server, target, secrets }: TelegramChannel,
  limits?: Partial<BotLimits>,
): Send {
  const connection: TelegramConnection = { server, secrets, limits };

  return async (message, signal) => {
    const place = message.reference === null ? null : readPlace(message.reference);
    if (!place) return await sendNew(message, signal);
    const changed = await change(message, place, signal);
    return changed ?? (await sendNew({ ...message, isSilent: true }, signal));
  };

  async function sendNew(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
    const sent = await withLink(message, (content) => sendTo(target.chatId, message, content, signal));
    return sent.ok ? readSent(sent.result, secrets) : sent.failed;
  }

  /** Sends to where a group has moved when it has: its old address is never taken again. */
  async function sendTo(
    chatId: string,
    message: OutgoingMessage,
    content: MessageContent,
    signal: AbortSignal,
  ): Promise<CallOutcome<unknown>> {
    const { topicId } = target;
    const sent = await callTelegram(connection, signal, (api) =>
      api.sendMessage({
        chat_id: chatId,
        ...(topicId !== null && { message_thread_id: topicId }),
        disable_notification: message.isSilent,
        ...content,
      }),
    );
    const isMoved = !sent.ok && sent.movedTo !== null && chatId === target.chatId;
    return isMoved && sent.movedTo ? sendTo(sent.movedTo, message, content, signal) : sent;
  }

  /** @returns null when there is nothing left to be changed. */
  async function change(
    message: OutgoingMessage,
    place: MessagePlace,
    signal: AbortSignal,
  ): Promise<SendOutcome | null> {
    const where = { chat_id: place.chatId, message_id: place.messageId };
    const changed = await withLink(message, (content) =>
      callTelegram(connection, signal, (api) => api.editMessageText({ ...where, ...content })),
    );
    if (changed.ok) {
      const isPlain = changed.result === true;
      return isPlain ? unchanged(place, "changed") : readSent(changed.result, secrets);
    }
    const { detail } = changed.failed;
    if (IS_UNCHANGED.test(detail)) return unchanged(place, "not modified");
    return isGone(changed, place) ? null : changed.failed;
  }

  /** Besides a message that was deleted, one whose group has moved, or that is where messages are no longer sent to. */
  function isGone({ failed, movedTo }: FailedCall, place: MessagePlace): boolean {
    if (movedTo !== null || IS_GONE.test(failed.detail)) return true;
    return failed.failure === "recipient" && place.chatId !== target.chatId;
  }
}

/** Writes the link into the text when Telegram takes no button for it. */
async function withLink(
  message: OutgoingMessage,
  attempt: (content: MessageContent) => Promise<CallOutcome<unknown>>,
): Promise<CallOutcome<unknown>> {
  const outcome = await attempt(contentOf(message, true));
  if (outcome.ok || !IS_LINK_REFUSED.test(outcome.failed.detail)) return outcome;
  return await attempt(contentOf(message, false));
}

function unchanged(place: MessagePlace, answer: string): SendOutcome {
  return { ok: true, reference: writePlace(place), answer };
}
