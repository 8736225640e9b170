import type { Format } from "../../monitor/viewer/format.ts";
import type { MailSink, SunkMail } from "../messengers/mail-sink.ts";
import { fullNameOf, type SimulatedPerson } from "../messengers/simulated-person.ts";
import type { SimulatedMessage } from "../messengers/telegram-chats.ts";
import type { ButtonAnswer } from "../messengers/telegram-methods.ts";
import type { TelegramSimulator } from "../messengers/telegram-simulator.ts";

const WEB_ADDRESS = /https?:\/\/[^\s<>"]+/g;

export interface Onlooker {
  key: string;
  /** Such as «Администратор». */
  role: string;
  user: SimulatedPerson;
}

export interface PageContent {
  telegram: Pick<TelegramSimulator, "messages" | "press" | "say">;
  mails: Pick<MailSink, "mails">;
  /** The first is the default. */
  onlookers: readonly [Onlooker, ...Onlooker[]];
  group: { id: number; title: string };
}

export type View = ReturnType<typeof readView>;

/** Who looks at which chat: the group, or their own with the bot. */
export function readView({ onlookers, group }: PageContent, { as, chat }: { as?: string; chat?: string }) {
  const onlooker = onlookers.find(({ key }) => key === as) ?? onlookers[0];
  const isPrivate = chat === "private";
  return { onlooker, isPrivate, chatId: isPrivate ? onlooker.user.id : group.id };
}

export function urlOf(key: string, isPrivate: boolean): string {
  return `/?as=${encodeURIComponent(key)}&chat=${isPrivate ? "private" : "group"}`;
}

/** The last answer of the bot to an onlooker; `at` in ms UTC. */
export interface LastAnswer extends ButtonAnswer {
  at: number;
}

/** @param now ms UTC. */
export function arrivalsPage(
  format: Format,
  { telegram, mails, onlookers, group }: PageContent,
  { onlooker, chatId, isPrivate }: View,
  answer: LastAnswer | null,
  now: number,
) {
  const { key, user } = onlooker;
  const chatTab = (name: string, isOfBot: boolean, id: number) => ({
    text: `${name} · ${telegram.messages(id).length}`,
    url: urlOf(key, isOfBot),
    isCurrent: isOfBot === isPrivate,
  });
  return {
    key,
    url: urlOf(key, isPrivate),
    name: fullNameOf(user),
    chat: isPrivate ? "private" : "group",
    onlookers: onlookers.map((one) => ({
      text: one.role,
      url: urlOf(one.key, isPrivate),
      isCurrent: one.key === key,
    })),
    chats: [chatTab(group.title, false, group.id), chatTab("Личный чат", true, user.id)],
    messages: telegram.messages(chatId).map((message) => showMessage(format, message, now)),
    answer: answer && { ...answer, time: format.clock(answer.at, now) },
    mails: mailsOf(format, mails.mails(), now),
  };
}

function showMessage(format: Format, message: SimulatedMessage, now: number) {
  const { id, from, html, isSilent, sentAt, editedAt, history, buttons } = message;
  const looks = editedAt === null ? [] : [...history, { html, at: editedAt }];
  return {
    id,
    isSilent,
    buttons,
    /** Written by whoever views the chat, not by the bot. */
    isOwn: from !== null,
    html: withLinks(html),
    time: format.clock(sentAt, now),
    /** All its texts, oldest first; null = never edited. */
    change: editedAt && {
      time: format.clock(editedAt, now),
      looks: looks.map((look) => ({ time: format.moment(look.at, now), html: withLinks(look.html) })),
    },
  };
}

/** Makes links of web addresses, as Telegram does. */
function withLinks(html: string): string {
  return html.replace(WEB_ADDRESS, '<a href="$&" target="_blank" rel="noreferrer">$&</a>');
}

/** Newest first; `url` leads to the mail's HTML. */
function mailsOf(format: Format, mails: readonly SunkMail[], now: number) {
  return mails.toReversed().map(({ id, headers, from, to, receivedAt, text, html }) => ({
    id,
    text,
    to: to.join(", "),
    subject: headers.subject || "Без темы",
    from: headers.from || from,
    time: format.clock(receivedAt, now),
    url: html === null ? null : `/mails/${id}`,
  }));
}

/** Makes links open in a new tab. */
export function pageOfMail(html: string): string {
  return html.replace(/<head>/i, '<head><base target="_blank">');
}
