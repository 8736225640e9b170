import {
  type Checked,
  checkCertificates,
  checkPattern,
  checkProxy,
  checkUrl,
  type FormField,
  MAX_CERTIFICATES_LENGTH,
} from "../form.ts";
import type { Kind, Messenger } from "../kind.ts";
import { DIALECTS } from "./call-bot.ts";
import type { BotSecrets, BotSettings } from "./dialect.ts";
import { createBotSend } from "./send-by-bot.ts";

export const telegramKind = botKind("telegram");
export const maxKind = botKind("max");

function botKind(kind: Messenger): Kind<BotSettings, BotSecrets> {
  const { serverUrl, paceMs } = DIALECTS[kind];
  return {
    fields: fieldsOf(kind),
    defaults: { baseUrl: serverUrl },
    rareSummary: "bot",
    paceMs,
    createSend: (settings, secrets) => createBotSend({ kind, settings, secrets }),
    reach({ t }, { chatId, topicId }, isOwn) {
      if (isOwn) return t("channels.reach.person");
      return t(topicId ? "channels.reach.topic" : "channels.reach.chat", { chatId, topicId });
    },
    facts: (_words, { baseUrl }) => (baseUrl === serverUrl ? [] : [{ label: "server", text: baseUrl }]),
  };
}

function fieldsOf(kind: Messenger): FormField[] {
  const { token, chatId } = DIALECTS[kind];
  const isMax = kind === "max";
  const authorities: FormField = {
    name: "authorities",
    control: "text-area",
    // Few systems know the authority of MAX.
    isRare: !isMax,
    hint: `authorities.${kind}`,
    maxLength: MAX_CERTIFICATES_LENGTH,
    check: checkCertificates,
  };
  const topicId: FormField = {
    name: "topicId",
    inputMode: "numeric",
    hint: "topicId",
    check: checkPattern(/^[1-9]\d{0,9}$/, "channels.problem.topicId"),
  };
  return [
    {
      name: "token",
      control: "secret",
      isRequired: true,
      hint: `token.${kind}`,
      check: checkPattern(token, `channels.problem.token.${kind}`),
      sentTo: ({ baseUrl, authorities, proxy, proxyLogin }) => [baseUrl, authorities, proxy, proxyLogin],
    },
    {
      name: "chatId",
      // A new channel of Telegram finds its chat.
      isRequired: isMax,
      hint: `chatId.${kind}`,
      check: checkPattern(chatId, `channels.problem.chatId.${kind}`),
    },
    isMax ? authorities : topicId,
    {
      name: "baseUrl",
      isRequired: true,
      inputMode: "url",
      hint: "baseUrl",
      isRare: true,
      check: checkBaseUrl,
    },
    ...(isMax ? [] : [authorities]),
    { name: "proxy", inputMode: "url", hint: `proxy.${kind}`, isRare: true, check: checkProxy },
    { name: "proxyLogin", isRare: true },
    {
      name: "proxyPassword",
      control: "secret",
      isRare: true,
      isBeside: true,
      sentTo: ({ proxy, proxyLogin, authorities }) =>
        proxy === "" || proxyLogin === "" ? null : [proxy, proxyLogin, authorities],
    },
  ];
}

function checkBaseUrl(text: string): Checked {
  const checked = checkUrl(text);
  if ("problem" in checked) return checked;
  const value = checked.value.replace(/[/?]+$/, "");
  return value.includes("?") ? { problem: "channels.problem.baseUrl" } : { value };
}
