import type { Format } from "../../monitor/viewer/format.ts";
import type { MailSink, SunkMail } from "../messengers/mail-sink.ts";
import { fullNameOf } from "../messengers/simulated-person.ts";
import type { ButtonAnswer } from "../messengers/telegram-methods.ts";
import type { TelegramSimulator } from "../messengers/telegram-simulator.ts";
import { daysOf, type ShownDay } from "./message-model.ts";
import { type Sights, urlOf, type View } from "./view.ts";

/** What the bot has said last to whoever looks. */
export interface LastAnswer extends ButtonAnswer {
  /** ms UTC. */
  at: number;
}

export interface PageContent extends Sights {
  telegram: Pick<TelegramSimulator, "messages">;
  mails: Pick<MailSink, "mails">;
}

interface Tab {
  text: string;
  count: number | null;
  url: string;
  isCurrent: boolean;
}

/** All that the page shows. */
export interface ArrivalsPage {
  url: string;
  key: string;
  name: string;
  chat: "group" | "private";
  onlookers: Tab[];
  chats: Tab[];
  days: ShownDay[];
  answer: { text: string; isAlert: boolean; time: string } | null;
  mails: ShownMail[];
}

/** A mail as a line that opens. */
interface ShownMail {
  id: number;
  subject: string;
  from: string;
  to: string;
  time: string;
  text: string | null;
  /** Where its HTML is; null = it has none. */
  url: string | null;
}

/** Shows what arrived to somebody at `now` (ms UTC). */
export function arrivalsPage(
  format: Format,
  { telegram, mails, onlookers, group }: PageContent,
  { onlooker, chatId, isPrivate }: View,
  answer: LastAnswer | null,
  now: number,
): ArrivalsPage {
  const { key, user } = onlooker;
  const chatTab = (text: string, isOfBot: boolean, id: number): Tab => ({
    text,
    count: telegram.messages(id).length,
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
      count: null,
      url: urlOf(one.key, isPrivate),
      isCurrent: one.key === key,
    })),
    chats: [chatTab(group.title, false, group.id), chatTab("Личный чат", true, user.id)],
    days: daysOf(format, telegram.messages(chatId), now),
    answer: answer && { ...answer, time: format.clock(answer.at, now) },
    mails: mailsOf(format, mails.mails(), now),
  };
}

/** Shows mails, newest first. */
function mailsOf(format: Format, mails: readonly SunkMail[], now: number): ShownMail[] {
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

/** The HTML of a mail, whose links open beside it. */
export function pageOfMail(html: string): string {
  return html.replace(/<head>/i, '<head><base target="_blank">');
}
