const ANSWERED_WITHIN_MS = 15_000;

/** The buttons that people have pressed, by the id that the bot answers with. */
export function createButtonPresses<Answer>() {
  const pressed = new Map<string, (answer: Answer) => void>();

  return {
    /** @throws when the bot does not answer in time. */
    untilAnswered: (callbackId: string) =>
      new Promise<Answer>((resolve, reject) => {
        pressed.set(callbackId, resolve);
        setTimeout(() => {
          pressed.delete(callbackId);
          reject(new Error("The bot has not answered"));
        }, ANSWERED_WITHIN_MS).unref();
      }),
    /** @returns whether somebody still waits for the answer. */
    answer(callbackId: string, answer: Answer): boolean {
      pressed.get(callbackId)?.(answer);
      return pressed.delete(callbackId);
    },
  };
}
