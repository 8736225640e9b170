import { shortLine } from "../../../../protocol/visible-text.ts";
import type { CallLimits } from "../../../outgoing/call.ts";
import { failed } from "../../../outgoing/failure.ts";
import type { Send, SendOutcome } from "../kind.ts";
import type { OutgoingMessage } from "../message.ts";
import { cutAtWord, plainLine } from "../plain-text.ts";
import { type BotConnection, callBot, DIALECTS, hideOfBot } from "./call-bot.ts";
import type { BotAnswer, BotContent, BotDialect, BotTarget, MessagePlace } from "./dialect.ts";
import { messageHtml } from "./message-html.ts";
import { buttonData } from "./updates.ts";

const MAX_LABEL_LENGTH = 128;

/** @param limits for tests. */
export function createBotSend(
  { target, ...connection }: BotConnection & { target: BotTarget },
  limits?: Partial<CallLimits>,
): Send {
  const dialect = DIALECTS[connection.kind];
  const { words } = dialect;
  const hide = hideOfBot(connection.secrets);

  return async (message, signal) => {
    const place = message.reference === null ? null : readPlace(dialect, message.reference);
    if (!place) return await sendNew(message, signal);
    const changed = await change(message, place, signal);
    return changed ?? (await sendNew({ ...message, isSilent: true }, signal));
  };

  async function sendNew(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome> {
    const sendTo = (to: BotTarget) =>
      withLink(message, (content) =>
        callBot(connection, dialect.sendMessage(to, content, message.isSilent), signal, limits),
      );
    let sent = await sendTo(target);
    // A group that has moved can only be reached at its new address.
    if (!sent.ok && sent.movedTo !== undefined) sent = await sendTo({ ...target, chatId: sent.movedTo });
    if (!sent.ok) return sent;
    const read = dialect.readSent(sent.result, target.chatId);
    if (!read) return failed("temporary", "taken, but without saying where the message is");
    return { ok: true, reference: writePlace(dialect, read.place), answer: shortLine(hide(read.answer)) };
  }

  /** @returns null when a new message is needed: the old one was deleted, its group has moved, or the target is another chat. */
  async function change(
    message: OutgoingMessage,
    place: MessagePlace,
    signal: AbortSignal,
  ): Promise<SendOutcome | null> {
    const reference = writePlace(dialect, place);
    const changed = await withLink(message, (content) =>
      callBot(connection, dialect.changeMessage(place, content), signal, limits),
    );
    if (changed.ok)
      return dialect.isChanged(changed.result)
        ? { ok: true, reference, answer: "changed" }
        : failed("temporary", "taken, but without saying that it is changed");
    if (words.isUnchanged?.test(changed.detail)) return { ok: true, reference, answer: "not modified" };
    const isMoved = changed.movedTo !== undefined || words.isGone.test(changed.detail);
    const isElsewhere = changed.failure === "recipient" && place.chatId !== target.chatId;
    return isMoved || isElsewhere ? null : changed;
  }

  /** Writes the link into the text when the messenger refuses a button for it. */
  async function withLink(
    message: OutgoingMessage,
    attempt: (content: BotContent) => Promise<BotAnswer>,
  ): Promise<BotAnswer> {
    const outcome = await attempt(contentOf(dialect, message, true));
    if (outcome.ok || !words.isLinkRefused.test(outcome.detail)) return outcome;
    return await attempt(contentOf(dialect, message, false));
  }
}

/** @param mayLinkButton false = the link was refused as a button, and is written. */
function contentOf(
  dialect: BotDialect,
  { text, incident }: OutgoingMessage,
  mayLinkButton: boolean,
): BotContent {
  const { open, acknowledgement } = text;
  const url = open && URL.parse(open.url);
  const isButton =
    mayLinkButton && url !== null && /^https?:$/.test(url.protocol) && dialect.isButtonUrl(url);
  const label = (words: string) => cutAtWord(plainLine(words), MAX_LABEL_LENGTH);
  const data =
    acknowledgement && incident && buttonData({ action: acknowledgement.action, incidentId: incident.id });
  return {
    html: messageHtml(text, open !== null && !isButton, dialect.room),
    buttons: [
      ...(acknowledgement && data ? [{ text: label(acknowledgement.text), data }] : []),
      ...(open && isButton ? [{ text: label(open.text), url: open.url }] : []),
    ],
  };
}

/** Reads a reference such as `-1001234567890:12`; null when it is none. */
function readPlace({ separator, chatId }: BotDialect, reference: string): MessagePlace | null {
  const end = reference.lastIndexOf(separator);
  const place = { chatId: reference.slice(0, end), messageId: reference.slice(end + 1) };
  return end > 0 && chatId.test(place.chatId) && place.messageId !== "" ? place : null;
}

function writePlace({ separator }: BotDialect, { chatId, messageId }: MessagePlace): string {
  return chatId + separator + messageId;
}
