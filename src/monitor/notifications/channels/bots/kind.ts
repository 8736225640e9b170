import {
  type Checked,
  checkCertificates,
  checkLength,
  checkProxy,
  checkUrl,
  type FormField,
  type KindForm,
} from "../form.ts";
import { type AnyKind, defineKind, type Messenger } from "../kind.ts";
import { DIALECTS } from "./call-bot.ts";
import { type BotDialect, BotSecrets, BotServer, BotTarget } from "./dialect.ts";
import { createBotSend } from "./send-by-bot.ts";

const TOPIC_ID = /^[1-9]\d{0,9}$/;
const MAX_PROXY_WORD_LENGTH = 100;

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

function botForm(
  kind: Messenger,
  { serverUrl, token, chatId }: BotDialect,
): KindForm<BotServer & BotTarget, BotSecrets> {
  const checkWord = (isTrimmed: boolean) => checkLength("proxyWord", MAX_PROXY_WORD_LENGTH, isTrimmed);
  // Few systems know the authority of MAX.
  const authorities: FormField = {
    name: "authorities",
    control: "text-area",
    isRare: kind !== "max",
    hint: `authorities.${kind}`,
    check: checkCertificates,
  };
  const topicId: FormField = {
    name: "topicId",
    inputMode: "numeric",
    hint: "topicId",
    check: (text) => checkPattern(text, TOPIC_ID, "channels.problem.topicId"),
  };
  return {
    fields: [
      {
        name: "token",
        control: "secret",
        hint: `token.${kind}`,
        check: (text) => checkPattern(text, token, `channels.problem.token.${kind}`),
        stays: {
          way: ({ baseUrl, authorities, proxy, proxyLogin }) => [baseUrl, authorities, proxy, proxyLogin],
          missing: "form.required",
          again: "channels.problem.tokenAgain",
        },
      },
      {
        name: "chatId",
        isRequired: true,
        hint: `chatId.${kind}`,
        check: (text) => checkPattern(text, chatId, `channels.problem.chatId.${kind}`),
      },
      ...(kind === "max" ? [authorities] : [topicId]),
      {
        name: "baseUrl",
        isRequired: true,
        inputMode: "url",
        hint: "baseUrl",
        isRare: true,
        check: checkBaseUrl,
      },
      ...(kind === "max" ? [] : [authorities]),
      { name: "proxy", inputMode: "url", hint: `proxy.${kind}`, isRare: true, check: checkProxy },
      { name: "proxyLogin", isRare: true, check: checkWord(true) },
      {
        name: "proxyPassword",
        control: "secret",
        isRare: true,
        isBeside: true,
        check: checkWord(false),
        stays: {
          way: ({ proxy, proxyLogin, authorities }) =>
            proxyLogin === "" ? null : [proxy, proxyLogin, authorities],
          missing: null,
          again: "channels.problem.passwordAgain",
        },
      },
    ],
    defaults: { baseUrl: serverUrl },
    rareSummary: "bot",
    typedOf({ settings, secrets }) {
      const proxy = partsOf(secrets?.proxy ?? "");
      return {
        chatId: settings.chatId,
        topicId: settings.topicId ? String(settings.topicId) : "",
        baseUrl: settings.baseUrl,
        authorities: settings.authorities ?? "",
        proxy: proxy.address,
        proxyLogin: proxy.login,
      };
    },
    knownSecrets: ({ proxy }) => ["token", ...(partsOf(proxy).password === "" ? [] : ["proxyPassword"])],
    termsOf(values, present) {
      const { token = "", chatId = "", topicId = "", baseUrl = "", authorities = "" } = values;
      const { proxy = "", proxyLogin: login = "", proxyPassword: password = "" } = values;
      const settings = {
        baseUrl,
        chatId,
        ...(authorities && { authorities }),
        ...(topicId && { topicId: Number(topicId) }),
      };
      const known = partsOf(present?.secrets?.proxy ?? "").password;
      const written = proxyOf(proxy, login, password || known);
      const problems =
        proxy === "" && login + password !== ""
          ? { proxy: "channels.problem.proxyMissing" }
          : { ...(password !== "" && login === "" && { proxyLogin: "channels.problem.loginMissing" }) };
      return { problems, settings, secrets: { ...(token && { token }), proxy: written } };
    },
  };
}

function proxyOf(address: string, login: string, password: string): string {
  if (login === "") return address;
  const who = `${encodeURIComponent(login)}${password && `:${encodeURIComponent(password)}`}`;
  return address.replace("//", `//${who}@`);
}

/** All parts are empty without a proxy. */
function partsOf(proxy: string) {
  const url = URL.parse(proxy);
  if (!url) return { address: "", login: "", password: "" };
  return {
    address: `${url.protocol}//${url.host}`,
    login: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

function checkPattern(text: string, pattern: RegExp, problem: string): Checked {
  const value = text.trim();
  return pattern.test(value) ? { value } : { problem };
}

function checkBaseUrl(text: string): Checked {
  const checked = checkUrl(text);
  if ("problem" in checked) return checked;
  const value = checked.value.replace(/[/?]+$/, "");
  return value.includes("?") ? { problem: "channels.problem.baseUrl" } : { value };
}
