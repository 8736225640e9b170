import type { SendFailure } from "../failed.ts";

/** How saying something ended. */
export type SayOutcome = { ok: true } | SendFailure;

/** What a bot says to people who press its buttons and write to it; it rejects only when it is stopped. Texts are plain ones. */
export interface MessengerBot {
  /**
   * Within a few seconds of the press: a button waits for it.
   * @param isAlert whether it has to be closed by hand, where the messenger can do that.
   */
  answerButton(callbackId: string, text: string, isAlert: boolean): Promise<SayOutcome>;
  reply(chatId: string, text: string): Promise<SayOutcome>;
}
