import type { CallLimits } from "../../../outgoing/call.ts";
import { failed } from "../../../outgoing/failure.ts";
import type { Send } from "../kind.ts";
import type { OutgoingMessage } from "../message.ts";
import { cutAtWord, plainLine } from "../plain-text.ts";
import { type BotConnection, callBot, DIALECTS } from "./call-bot.ts";
import { type BotAnswer, type BotCall, type BotContent, type BotTarget, buttonData } from "./dialect.ts";
import { messageHtml } from "./message-html.ts";

const MAX_LABEL_LENGTH = 128;

/** The words of refusals: the message is gone or cannot be changed, a change changes nothing, a link may not have a button. */
const GONE =
  /message\.(?:not\.found|deleted)|message (?:to edit |was |is )?(?:not found|deleted)|can(?:no|')t (?:be )?edit|MESSAGE_ID_INVALID|too old/i;
const UNCHANGED = /message is not modified/i;
const LINK_REFUSED = /button|url|links? format/i;

/** @param limits for tests. */
export function createBotSend(connection: BotConnection, limits?: Partial<CallLimits>): Send {
  const target = connection.settings;
  const dialect = DIALECTS[connection.kind];

  return async (message, signal) => {
    const { reference } = message;
    if (reference !== null) {
      const [chatId = "", messageId = ""] = reference.split("/");
      const changed = await ask((content) => dialect.changeMessage({ chatId, messageId }, content));
      if (changed.ok || UNCHANGED.test(changed.detail)) return { ok: true, reference, answer: "changed" };
      const isGone = changed.movedTo !== undefined || GONE.test(changed.detail);
      const isElsewhere = changed.failure === "recipient" && chatId !== target.chatId;
      if (!isGone && !isElsewhere) return changed;
    }
    const isSilent = message.isSilent || reference !== null;
    const sendTo = (to: BotTarget) => ask((content) => dialect.sendMessage(to, content, isSilent));
    let sent = await sendTo(target);
    // A group that has moved can only be reached at its new address.
    if (!sent.ok && sent.movedTo !== undefined) sent = await sendTo({ ...target, chatId: sent.movedTo });
    if (!sent.ok) return sent;
    const place = dialect.readSent(sent.result, target.chatId);
    if (!place) return failed("temporary", "taken, but without saying where the message is");
    return { ok: true, reference: `${place.chatId}/${place.messageId}`, answer: place.chatId };

    /** Writes the link into the text when the messenger refuses a button for it. */
    async function ask(callWith: (content: BotContent) => BotCall): Promise<BotAnswer> {
      const asked = await callBot(connection, callWith(contentOf(message, true)), signal, limits);
      if (asked.ok || !LINK_REFUSED.test(asked.detail)) return asked;
      return await callBot(connection, callWith(contentOf(message, false)), signal, limits);
    }
  };
}

function contentOf({ text, language, incident }: OutgoingMessage, hasLinkButton: boolean): BotContent {
  const { open, acknowledgement } = text;
  const label = (words: string) => cutAtWord(plainLine(words), MAX_LABEL_LENGTH);
  const buttons: BotContent["buttons"] = [];
  if (acknowledgement && incident) {
    const data = buttonData({ action: acknowledgement.action, incidentId: incident.id });
    buttons.push({ text: label(acknowledgement.text), data });
  }
  if (open && hasLinkButton) buttons.push({ text: label(open.text), url: open.url });
  return { html: messageHtml(text, language, !hasLinkButton), buttons };
}
