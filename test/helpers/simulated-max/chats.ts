import { randomBytes } from "node:crypto";
import { fullNameOf, type SimulatedPerson } from "../../../src/demo/messengers/simulated-person.ts";
import type { MaxContent, MaxLook } from "./content.ts";
import { MaxRefusal } from "./refusal.ts";

/** Dialogs have other numbers than the people whom they are with. */
const FIRST_DIALOG_ID = 182_000_000;
const MESSAGE_ID_BYTES = 16;

/** Whether the bot may write: `suspended` by the person, or `removed` from the chat. */
type MaxStanding = "open" | "suspended" | "removed";

export interface MaxChat {
  id: number;
  kind: "dialog" | "chat" | "channel";
  title: string;
  /** With whom a dialog is. */
  person: SimulatedPerson | null;
}

export interface SimulatedMaxMessage extends MaxLook {
  /** `mid.…` */
  id: string;
  chatId: number;
  /** null = the bot. */
  from: SimulatedPerson | null;
  isSilent: boolean;
  /** ms UTC. */
  sentAt: number;
  editedAt: number | null;
  /** What it looked like before, oldest first, each since when. */
  history: readonly (MaxLook & { at: number })[];
}

/** Chats and what was written in them, in memory. Refusals are those of the real MAX. */
export interface MaxChats {
  /** Adds a group or a channel. */
  add(chat: { id: number; kind?: "chat" | "channel"; title: string }): void;
  /** The dialog with somebody, which begins when there is none. */
  dialogWith(person: SimulatedPerson): MaxChat;
  setStanding(chatId: number, standing: MaxStanding): void;
  list(): readonly MaxChat[];
  /** @returns null when there is none. */
  find(chatId: number): MaxChat | null;
  /** Oldest first, as they look now. */
  messages(chatId: number): readonly SimulatedMaxMessage[];
  /** The dialog with a person, or a chat, that the bot may write to. @throws MaxRefusal */
  writable(address: { userId?: string | undefined; chatId?: string | undefined }): MaxChat;
  post(chat: MaxChat, from: SimulatedPerson | null, content: MaxContent): SimulatedMaxMessage;
  /** Changes a message of the bot. @throws MaxRefusal */
  edit(messageId: string, content: MaxContent): void;
  /** @throws Error when there is none. */
  remove(messageId: string): void;
}

interface KeptChat extends MaxChat {
  standing: MaxStanding;
  messages: SimulatedMaxMessage[];
}

/** @param onChange called with the chat in which something was written, changed or removed. */
export function createMaxChats(clock: () => number, onChange: (chatId: number) => void): MaxChats {
  const chats = new Map<number, KeptChat>();

  return {
    add: ({ kind = "chat", ...chat }) => void keep({ ...chat, kind, person: null }),
    dialogWith(person) {
      const id = FIRST_DIALOG_ID + person.id;
      return chats.get(id) ?? keep({ id, kind: "dialog", title: fullNameOf(person), person });
    },
    setStanding(chatId, standing) {
      const chat = chats.get(chatId);
      if (chat) chat.standing = standing;
    },
    list: () => [...chats.values()],
    find: (chatId) => chats.get(chatId) ?? null,
    messages: (chatId) => [...(chats.get(chatId)?.messages ?? [])],
    writable({ userId, chatId }) {
      const chat = [...chats.values()].find(({ id, person }) =>
        userId === undefined ? String(id) === chatId : String(person?.id) === userId,
      );
      if (!chat && userId !== undefined)
        throw new MaxRefusal(404, "dialog.not.found", "error.dialog.notfound");
      if (!chat) throw new MaxRefusal(404, "chat.not.found", `Chat ${chatId} not found`);
      checkStanding(chat);
      return chat;
    },
    post({ id: chatId }, from, { buttons, ...look }) {
      const id = `mid.${randomBytes(MESSAGE_ID_BYTES).toString("hex")}`;
      const sentAt = clock();
      const sent = { id, chatId, from, ...look, buttons: buttons ?? [], sentAt, editedAt: null, history: [] };
      chats.get(chatId)?.messages.push(sent);
      onChange(chatId);
      return sent;
    },
    edit(messageId, { html, text, markup, buttons }) {
      const found = findMessage(messageId);
      if (!found) throw new MaxRefusal(404, "message.not.found", `Message ${messageId} not found`);
      const { chat, message } = found;
      checkStanding(chat);
      if (message.from)
        throw new MaxRefusal(403, "access.denied", "Insufficient permissions to edit message");
      const former = { html: message.html, text: message.text, markup: message.markup };
      const at = message.editedAt ?? message.sentAt;
      chat.messages.splice(chat.messages.indexOf(message), 1, {
        ...{ ...message, html, text, markup, buttons: buttons ?? message.buttons, editedAt: clock() },
        history: [...message.history, { ...former, buttons: message.buttons, at }],
      });
      onChange(chat.id);
    },
    remove(messageId) {
      const found = findMessage(messageId);
      if (!found) throw new Error(`There is no message ${messageId}`);
      found.chat.messages.splice(found.chat.messages.indexOf(found.message), 1);
      onChange(found.chat.id);
    },
  };

  function keep(chat: MaxChat): KeptChat {
    const kept: KeptChat = { ...chat, standing: "open", messages: [] };
    chats.set(chat.id, kept);
    return kept;
  }

  function findMessage(messageId: string): { chat: KeptChat; message: SimulatedMaxMessage } | null {
    for (const chat of chats.values()) {
      const message = chat.messages.find(({ id }) => id === messageId);
      if (message) return { chat, message };
    }
    return null;
  }
}

function checkStanding({ standing, person }: KeptChat): void {
  if (standing === "suspended")
    throw new MaxRefusal(403, "chat.denied", `Key: error.dialog.suspended, args: [${person?.id},].`);
  if (standing === "removed") throw new MaxRefusal(403, "chat.denied", "error.chat.denied");
}
