import Value from "typebox/value";
import type { Messenger } from "../../notifications/channels/channel.ts";
import { MAX_URL, MaxSecrets, MaxTarget } from "../../notifications/channels/max/connection.ts";
import {
  TELEGRAM_URL,
  TelegramSecrets,
  TelegramTarget,
} from "../../notifications/channels/telegram/connection.ts";
import type { ChannelTerms } from "../../notifications/registry/channel.ts";
import { checkCertificates, checkedValue, checkProxy, checkUrl, problemOf } from "./checks.ts";
import type { KnownProxy, KnownSecrets, ReadTerms } from "./form.ts";

export const BOT_FIELDS = [
  ...(["token", "chatId", "topicId", "authorities", "baseUrl"] as const),
  ...(["proxy", "proxyLogin", "proxyPassword"] as const),
];

const TOPIC_ID = /^[1-9]\d{0,9}$/;
const MAX_PROXY_WORD_LENGTH = 100;

type Typed = Readonly<Record<string, string>>;

/** Where the bots of a messenger are served, and what tokens and chats look like there. */
const MESSENGERS = {
  telegram: {
    url: TELEGRAM_URL,
    token: TelegramSecrets.properties.token,
    chatId: TelegramTarget.properties.chatId,
  },
  max: { url: MAX_URL, token: MaxSecrets.properties.token, chatId: MaxTarget.properties.chatId },
};

/** Where the bots of a messenger are served unless somebody has a server of their own. */
export function serverUrlOf(messenger: Messenger): string {
  return MESSENGERS[messenger].url;
}

/** Reads the fields of a channel that has a bot. @param known of one that is changed. */
export function readBotTerms(messenger: Messenger, typed: Typed, known: KnownSecrets | null): ReadTerms {
  const baseUrl = checkUrl(typed.baseUrl ?? "");
  const token = (typed.token ?? "").trim();
  const chatId = (typed.chatId ?? "").trim();
  const topicId = (typed.topicId ?? "").trim();
  const authorities = checkCertificates(typed.authorities ?? "");
  const proxy = readProxy(typed, known?.proxy ?? null);
  const server = checkedValue(baseUrl).replace(/[/?]+$/, "");
  return {
    problems: {
      ...tokenProblem(messenger, token, server, known),
      ...(!Value.Check(MESSENGERS[messenger].chatId, chatId) && {
        chatId: chatId ? `channels.problem.chatId.${messenger}` : "form.required",
      }),
      ...(topicId !== "" && !TOPIC_ID.test(topicId) && { topicId: "channels.problem.topicId" }),
      ...problemOf("authorities", authorities),
      ...problemOf("baseUrl", baseUrl),
      ...(server.includes("?") && { baseUrl: "channels.problem.baseUrl" }),
      ...proxy.problems,
    },
    limits: { maxProxyWord: MAX_PROXY_WORD_LENGTH },
    terms: termsOf(),
  };

  function termsOf(): ChannelTerms {
    const secrets = { ...(token && { token }), ...proxy.secret };
    const place = { baseUrl: server, chatId };
    if (messenger === "max") {
      const settings = { ...place, authorities: checkedValue(authorities) };
      return { kind: "max", viaId: null, settings, secrets };
    }
    const settings = { ...place, topicId: topicId === "" ? null : Number(topicId) };
    return { kind: "telegram", viaId: null, settings, secrets };
  }
}

function tokenProblem(
  messenger: Messenger,
  token: string,
  server: string,
  known: KnownSecrets | null,
): Record<string, string> {
  if (token !== "") {
    const isToken = Value.Check(MESSENGERS[messenger].token, token);
    return isToken ? {} : { token: `channels.problem.token.${messenger}` };
  }
  if (!known) return { token: "form.required" };
  return server !== "" && server !== known.host ? { token: "channels.problem.tokenAgain" } : {};
}

/** What was said of a proxy; its password may be left out while all else is as it was. */
function readProxy(
  typed: Typed,
  known: KnownProxy | null,
): { problems: Record<string, string>; secret: { proxy?: string } } {
  const address = checkProxy(typed.proxy ?? "");
  const login = (typed.proxyLogin ?? "").trim();
  const password = typed.proxyPassword ?? "";
  if ("problem" in address) return { problems: { proxy: address.problem }, secret: {} };
  if (address.value === "") {
    const isMissing = login !== "" || password !== "";
    return { problems: isMissing ? { proxy: "channels.problem.proxyMissing" } : {}, secret: { proxy: "" } };
  }
  if (login.length > MAX_PROXY_WORD_LENGTH)
    return { problems: { proxyLogin: "channels.problem.proxyWordLong" }, secret: {} };
  if (password.length > MAX_PROXY_WORD_LENGTH)
    return { problems: { proxyPassword: "channels.problem.proxyWordLong" }, secret: {} };
  if (password !== "" && login === "")
    return { problems: { proxyLogin: "channels.problem.loginMissing" }, secret: {} };
  if (password === "" && login !== "" && known?.hasPassword) {
    const isSame = address.value === known.address && login === known.login;
    return isSame
      ? { problems: {}, secret: {} }
      : { problems: { proxyPassword: "channels.problem.passwordAgain" }, secret: {} };
  }
  return { problems: {}, secret: { proxy: withLogin(address.value, login, password) } };
}

function withLogin(address: string, login: string, password: string): string {
  if (login === "") return address;
  const who = `${encodeURIComponent(login)}${password && `:${encodeURIComponent(password)}`}`;
  return address.replace("//", `//${who}@`);
}

/** A proxy as its fields show it. @param proxy empty = none. */
export function proxyOf(proxy: string): KnownProxy | null {
  const url = proxy === "" ? null : URL.parse(proxy);
  return (
    url && {
      address: `${url.protocol}//${url.host}`,
      login: decodeURIComponent(url.username),
      hasPassword: url.password !== "",
    }
  );
}
