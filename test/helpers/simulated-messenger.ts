import type { SeenMessage } from "./bots.ts";

const ANSWERED_WITHIN_MS = 15_000;
const TAGS = ["b", "i"];
const ESCAPES: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"' };
const PIECE = /<(\/?)([a-z]+)>|&(?:lt|gt|amp|quot);|[^<&]+|[<&]/g;

export interface SimulatedPerson {
  id: number;
  firstName: string;
  lastName?: string;
  username?: string;
}

/** Somebody whom the bots of both messengers know from the start. */
export const ANNA = { id: 501, firstName: "Анна", lastName: "Иванова", username: "anna" };

/** The usual settings of a bot's channel. */
export const NO_WAY = { topicId: "", authorities: "", proxy: "", proxyLogin: "" };

/** @returns the text that people read. @throws when a tag is unknown, has attributes, or is not closed. */
export function readHtml(html: string): string {
  const open: string[] = [];
  let text = "";
  for (const [piece, slash, tag = ""] of html.matchAll(PIECE)) {
    if (!piece.startsWith("<")) text += ESCAPES[piece] ?? piece;
    else if (!TAGS.includes(tag)) throw new Error(`Unsupported start tag "${tag}"`);
    else if (slash !== "/") open.push(tag);
    else if (open.pop() !== tag) throw new Error(`Unmatched end tag "${tag}"`);
  }
  if (open.length > 0) throw new Error(`Can't find end tag of ${open}`);
  return text.trimEnd();
}

/** @returns what the bot is told when this button is pressed. @throws when it cannot be. */
export function findButton<Id>(
  messages: readonly { id: Id; buttons: SeenMessage["buttons"] }[] = [],
  messageId: Id,
  buttonText: string,
): string {
  const message = messages.find(({ id }) => id === messageId);
  const button = message?.buttons.find(({ text }) => text === buttonText);
  if (button && "data" in button) return button.data;
  throw new Error(`There is no button «${buttonText}» to press`);
}

/** The buttons that people have pressed, by the id that the bot answers with. */
export function createButtonPresses<Answer>() {
  const pressed = new Map<string, (answer: Answer) => void>();
  return {
    /** @throws when the bot does not answer in time. */
    untilAnswered: (callbackId: string) =>
      new Promise<Answer>((resolve, reject) => {
        pressed.set(callbackId, resolve);
        setTimeout(() => reject(new Error("The bot has not answered")), ANSWERED_WITHIN_MS).unref();
      }),
    answer: (callbackId: string, answer: Answer) => pressed.get(callbackId)?.(answer),
  };
}

/** @param first the number of the first update. @param oust makes the error of a poll that another one replaces. */
export function createUpdateQueue<Update>(first: number, oust?: () => Error) {
  let updates: { number: number; update: Update }[] = [];
  let last: (typeof updates)[number] | null = null;
  let next = first;
  let asking: PromiseWithResolvers<void> | null = null;

  async function untilPushed(waitMs: number, signal: AbortSignal): Promise<void> {
    const own = Promise.withResolvers<void>();
    asking = own;
    const timer = setTimeout(own.resolve, waitMs);
    signal.addEventListener("abort", () => own.resolve());
    await own.promise.finally(() => {
      clearTimeout(timer);
      if (asking === own) asking = null;
    });
  }

  return {
    push(update: Update): void {
      last = { number: next, update };
      updates.push(last);
      next += 1;
      asking?.resolve();
    },
    /** Waits for an update from a number on if there is none, and drops those before it. A second poll ends the first. */
    async take(from: number, waitMs: number, signal: AbortSignal) {
      if (oust) asking?.reject(oust());
      else asking?.resolve();
      updates = updates.filter(({ number }) => number >= from);
      if (updates.length === 0) await untilPushed(waitMs, signal);
      return signal.aborted ? [] : [...updates];
    },
    last: () => last,
    next: () => next,
    waiting: () => updates.length,
    isAsked: () => asking !== null,
  };
}
