import type { Format } from "../../monitor/viewer/format.ts";
import type { ArrivedMails, ArrivedTelegram, BotAnswer } from "./arrived.ts";
import { mailsOf, type ShownMail } from "./mail-model.ts";
import { daysOf, type ShownDay } from "./message-model.ts";
import { nameOf, type Sights, urlOf, type View } from "./view.ts";

/** What the bot has said last to whoever looks. */
export interface LastAnswer extends BotAnswer {
  /** ms UTC. */
  at: number;
}

export interface PageContent extends Sights {
  telegram: Pick<ArrivedTelegram, "messages">;
  mails: ArrivedMails;
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
    ...{ text, count: telegram.messages(id).length },
    ...{ url: urlOf(key, isOfBot), isCurrent: isOfBot === isPrivate },
  });
  return {
    ...{ key, url: urlOf(key, isPrivate), name: nameOf(user), chat: isPrivate ? "private" : "group" },
    onlookers: onlookers.map((one) => ({
      ...{ text: one.role, count: null },
      ...{ url: urlOf(one.key, isPrivate), isCurrent: one.key === key },
    })),
    chats: [chatTab(group.title, false, group.id), chatTab("Личный чат", true, user.id)],
    days: daysOf(format, telegram.messages(chatId), now),
    answer: answer && { ...answer, time: format.clock(answer.at, now) },
    mails: mailsOf(format, mails.mails(), now),
  };
}
