import type { Messenger } from "../channel.ts";
import { type AnyKind, defineKind } from "../kind.ts";
import { DIALECTS } from "./call-bot.ts";
import { BotSecrets, BotServer, BotTarget } from "./dialect.ts";
import { botForm } from "./form.ts";
import { createBotSend } from "./send-by-bot.ts";

export const telegramKind = botKind("telegram");
export const maxKind = botKind("max");

function botKind(kind: Messenger): AnyKind {
  const dialect = DIALECTS[kind];
  return defineKind(
    { server: BotServer, target: BotTarget, secrets: BotSecrets },
    {
      createSend: (connection) => createBotSend({ kind, ...connection }),
      paceMs: ({ chatId }) => dialect.paceMs(chatId),
      form: botForm(kind, dialect),
      reach({ t }, { chatId, topicId }, isOwn) {
        if (isOwn) return t("channels.reach.person");
        return topicId
          ? t("channels.reach.topic", { chatId, topicId: String(topicId) })
          : t("channels.reach.chat", { chatId });
      },
      facts: (_words, { baseUrl }) =>
        baseUrl === dialect.serverUrl ? [] : [{ label: "server", text: baseUrl }],
    },
  );
}
