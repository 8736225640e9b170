import { createHash } from "node:crypto";
import type { OutgoingMessage } from "../message.ts";

const ID_CHARACTERS = 32;

/** By what mail programs know a message again, and what belongs to it; each with its angle brackets. */
export interface MessageIds {
  /** The same at every try. */
  own: string;
  /** What all messages of one conversation answer; no message has it. */
  root: string;
}

/** @param domain of the sender. */
export function messageIds(
  { key, thread }: Pick<OutgoingMessage, "key" | "thread">,
  domain: string,
): MessageIds {
  return { own: idOf("message", key, domain), root: idOf("thread", thread, domain) };
}

/** Keys and threads may hold what no id may. */
function idOf(kind: string, text: string, domain: string): string {
  const digest = createHash("sha256").update(`${kind}:${text}`).digest("hex").slice(0, ID_CHARACTERS);
  return `<poswatch.${kind}.${digest}@${domain}>`;
}
