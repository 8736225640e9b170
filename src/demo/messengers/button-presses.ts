const ANSWERED_WITHIN_MS = 15_000;

export function createButtonPresses<Answer>() {
  const pressed = new Map<string, PromiseWithResolvers<Answer>>();

  return {
    /** @throws when the bot does not answer in time. */
    async untilAnswered(callbackId: string): Promise<Answer> {
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
    /** @returns whether somebody still waits for the answer. */
    answer(callbackId: string, answer: Answer): boolean {
      const press = pressed.get(callbackId);
      press?.resolve(answer);
      return press !== undefined;
    },
    close(): void {
      for (const press of pressed.values()) press.reject(new Error("The simulated messenger is closed"));
    },
  };
}
