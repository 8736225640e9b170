import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { shortLine } from "../../../pos-client/calls/failure.ts";
import { hideSecrets } from "../bots/hide-secrets.ts";
import type { SendOutcome } from "../channel.ts";
import { failed } from "../failed.ts";
import type { MaxSecrets } from "./connection.ts";

/** Its place, as `readPlace` knows it again. */
const MESSAGE_ID = "[\\w.-]{1,200}";

const SentMessage = Type.Object({
  message: Type.Object({
    body: Type.Object({ mid: Type.String({ pattern: `^${MESSAGE_ID}$` }) }),
    sender: Type.Optional(
      Type.Union([
        Type.Object({ username: Type.Optional(Type.Union([Type.String(), Type.Null()])) }),
        Type.Null(),
      ]),
    ),
  }),
});
type SentMessage = Static<typeof SentMessage>;

const sentMessages = Compile(SentMessage);

const PLACE = new RegExp(`^(-?\\d{1,20}|user:\\d{1,20})/(${MESSAGE_ID})$`);

/** Where a message is. */
export interface MessagePlace {
  /** As the target had it when the message was sent. */
  chatId: string;
  /** `mid.ffffbdb48e6c3775019d496b34394b84` */
  messageId: string;
}

/** Reads a place as the outcome of sending had it. @returns null when it is none. */
export function readPlace(reference: string): MessagePlace | null {
  const [, chatId, messageId] = PLACE.exec(reference) ?? [];
  return chatId === undefined || messageId === undefined ? null : { chatId, messageId };
}

export function writePlace({ chatId, messageId }: MessagePlace): string {
  return `${chatId}/${messageId}`;
}

/** Reads what MAX says of a message that it has taken; without its place it was no message. */
export function readSent(result: unknown, chatId: string, secrets: MaxSecrets): SendOutcome {
  if (!sentMessages.Check(result))
    return failed("invalid_answer", "taken, but without saying where the message is");
  const reference = writePlace({ chatId, messageId: result.message.body.mid });
  return { ok: true, reference, answer: shortLine(hideSecrets(secrets)(describe(result, chatId))) };
}

/** `user:501 · @poswatch_bot`: MAX does not say how the chat is called. */
function describe({ message }: SentMessage, chatId: string): string {
  const username = message.sender?.username;
  return username ? `${chatId} · @${username}` : chatId;
}
