/** So long whoever has pressed a button sees that it waits for the bot. */
const ANSWERED_WITHIN_MS = 15_000;

/** Buttons that were pressed in a simulated messenger, and wait for what the bot says to it. */
interface ButtonPresses<Answer> {
  /** @throws Error when the bot does not answer in time. */
  untilAnswered(callbackId: string): Promise<Answer>;
  /** Hears the answer to a press. @returns whether somebody still waits for it. */
  answer(callbackId: string, answer: Answer): boolean;
  /** Nobody waits for an answer any more. */
  close(): void;
}

export function createButtonPresses<Answer>(): ButtonPresses<Answer> {
  const pressed = new Map<string, PromiseWithResolvers<Answer>>();

  return {
    async untilAnswered(callbackId) {
      const press = Promise.withResolvers<Answer>();
      pressed.set(callbackId, press);
      const late = new Error("The bot has not answered");
      const timer = setTimeout(() => press.reject(late), ANSWERED_WITHIN_MS);
      try {
        return await press.promise;
      } finally {
        clearTimeout(timer);
        pressed.delete(callbackId);
      }
    },
    answer(callbackId, answer) {
      const press = pressed.get(callbackId);
      press?.resolve(answer);
      return press !== undefined;
    },
    close() {
      for (const press of pressed.values()) press.reject(new Error("The simulated messenger is closed"));
    },
  };
}
