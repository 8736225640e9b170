import type { SimulatedPerson } from "./simulated-person.ts";
import type { MessageLook } from "./telegram-content.ts";
import { badRequest, refusal } from "./telegram-refusal.ts";

/** `blocked` by the person; `kicked` from the group or `muted` in it; `movedTo`: the group has this id now. */
type ChatStanding = "open" | "blocked" | "kicked" | "muted" | { movedTo: number };

export interface SimulatedChat {
  id: number;
  kind: "private" | "group" | "supergroup";
  /** The person's name for a private chat. */
  title: string;
  /** Of a public chat, without `@`. */
  username?: string;
  /** By the topic's number. */
  topics?: Readonly<Record<number, "open" | "closed">>;
}

export interface SimulatedMessage extends MessageLook {
  id: number;
  chatId: number;
  topicId: number | null;
  /** null = the bot. */
  from: SimulatedPerson | null;
  isSilent: boolean;
  /** ms UTC. */
  sentAt: number;
  editedAt: number | null;
  /** Earlier versions, oldest first; `at`: since when, ms UTC. */
  history: readonly (MessageLook & { at: number })[];
}

interface KeptChat extends SimulatedChat {
  standing: ChatStanding;
  messages: SimulatedMessage[];
}

export type SimulatedChats = ReturnType<typeof createSimulatedChats>;

/** Chats and messages in memory; refuses like the real Telegram. */
export function createSimulatedChats(firstMessageId: number) {
  const chats = new Map<number, KeptChat>();
  let lastMessageId = firstMessageId - 1;

  return {
    add: (chat: SimulatedChat) => void chats.set(chat.id, { ...chat, standing: "open", messages: [] }),
    setStanding(chatId: number, standing: ChatStanding): void {
      const chat = chats.get(chatId);
      if (chat) chat.standing = standing;
    },
    find: (chatId: number): SimulatedChat | null => chats.get(chatId) ?? null,
    /** Oldest first, as they are now. */
    messages: (chatId: number) => [...messagesOf(chatId)],
    /** Finds a chat that the bot may write to. @param id number, or `@name`. @throws a refusal. */
    writable(id: string, topicId: number | null): SimulatedChat {
      const chat = [...chats.values()].find((one) => String(one.id) === id || `@${one.username}` === id);
      if (!chat) throw badRequest("chat not found");
      checkStanding(chat);
      checkTopic(chat, topicId);
      return chat;
    },
    /** Finds a message of the bot. @throws `missing` as a refusal when there is none. */
    ofBot(chatId: number, messageId: number, missing: string): SimulatedMessage {
      const message = messagesOf(chatId).find(({ id }) => id === messageId);
      if (!message) throw badRequest(missing);
      if (message.from) throw badRequest("message can't be edited");
      return message;
    },
    post(message: Omit<SimulatedMessage, "id" | "sentAt" | "editedAt" | "history">): SimulatedMessage {
      lastMessageId += 1;
      const sent = { ...message, id: lastMessageId, sentAt: Date.now(), editedAt: null, history: [] };
      messagesOf(message.chatId).push(sent);
      return sent;
    },
    edit(message: SimulatedMessage, look: MessageLook): SimulatedMessage {
      const messages = messagesOf(message.chatId);
      const { html, text, buttons, hasLinkPreview, sentAt, editedAt } = message;
      const former = { html, text, buttons, hasLinkPreview, at: editedAt ?? sentAt };
      const edited = { ...message, ...look, editedAt: Date.now(), history: [...message.history, former] };
      messages.splice(messages.indexOf(message), 1, edited);
      return edited;
    },
    remove(chatId: number, messageId: number): void {
      const chat = chats.get(chatId);
      if (chat) chat.messages = chat.messages.filter(({ id }) => id !== messageId);
    },
  };

  function messagesOf(chatId: number): SimulatedMessage[] {
    return chats.get(chatId)?.messages ?? [];
  }
}

function checkStanding({ kind, standing }: KeptChat): void {
  if (standing === "blocked") throw refusal(403, "Forbidden: bot was blocked by the user");
  if (standing === "kicked") throw refusal(403, `Forbidden: bot was kicked from the ${kind} chat`);
  if (standing === "muted") throw badRequest("not enough rights to send text messages to the chat");
  if (standing !== "open")
    throw badRequest("group chat was upgraded to a supergroup chat", {
      migrate_to_chat_id: standing.movedTo,
    });
}

function checkTopic({ topics = {} }: SimulatedChat, topicId: number | null): void {
  if (topicId === null) return;
  if (topics[topicId] === "closed") throw badRequest("TOPIC_CLOSED");
  if (topics[topicId] !== "open") throw badRequest("message thread not found");
}
