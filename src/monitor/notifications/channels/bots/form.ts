import { type Checked, checkCertificates, checkProxy, checkUrl } from "../checks.ts";
import { checkLength, type FormField, type KindForm, leftOutProblem } from "../form.ts";
import type { BotDialect, BotSecrets, BotServer, BotTarget } from "./dialect.ts";

const TOPIC_ID = /^[1-9]\d{0,9}$/;
const MAX_PROXY_WORD_LENGTH = 100;

type BotSettings = BotServer & BotTarget;

/** The form of a channel that has a bot. */
export function botForm(
  kind: "telegram" | "max",
  { serverUrl, token, chatId }: BotDialect,
): KindForm<BotSettings, BotSecrets> {
  const checkWord = (isTrimmed: boolean) =>
    checkLength(MAX_PROXY_WORD_LENGTH, "channels.problem.proxyWordLong", "maxProxyWord", isTrimmed);
  // Few systems know the authority of MAX; that of a Bot API of one's own may be one's own.
  const authorities: FormField = {
    ...{ name: "authorities", control: "text-area", isRare: kind !== "max", hint: `authorities.${kind}` },
    check: checkCertificates,
  };
  const topicId: FormField = {
    ...{ name: "topicId", inputMode: "numeric", hint: "topicId" },
    check: (text) => checkPattern(text, TOPIC_ID, "channels.problem.topicId"),
  };
  return {
    fields: [
      {
        ...{ name: "token", control: "secret", hint: `token.${kind}` },
        check: (text) => checkPattern(text, token, `channels.problem.token.${kind}`),
      },
      {
        ...{ name: "chatId", isRequired: true, hint: `chatId.${kind}` },
        check: (text) => checkPattern(text, chatId, `channels.problem.chatId.${kind}`),
      },
      ...(kind === "max" ? [authorities] : [topicId]),
      {
        ...{ name: "baseUrl", isRequired: true, inputMode: "url", hint: "baseUrl", isRare: true },
        check: checkBaseUrl,
      },
      ...(kind === "max" ? [] : [authorities]),
      { name: "proxy", inputMode: "url", hint: `proxy.${kind}`, isRare: true, check: checkProxy },
      { name: "proxyLogin", isRare: true, check: checkWord(true) },
      {
        ...{ name: "proxyPassword", control: "secret", isRare: true, isBeside: true },
        check: checkWord(false),
      },
    ],
    defaults: { baseUrl: serverUrl },
    rareSummary: "bot",
    typedOf({ settings, secrets }) {
      const proxy = partsOf(secrets?.proxy ?? "");
      return {
        ...{ chatId: settings.chatId, topicId: settings.topicId ? String(settings.topicId) : "" },
        ...{ baseUrl: settings.baseUrl, authorities: settings.authorities ?? "" },
        ...{ proxy: proxy.address, proxyLogin: proxy.login },
      };
    },
    knownSecrets: ({ proxy }) => ["token", ...(partsOf(proxy).password === "" ? [] : ["proxyPassword"])],
    termsOf(values, present) {
      const { token = "", chatId = "", topicId = "", baseUrl = "", authorities = "" } = values;
      const { proxy = "", proxyLogin: login = "", proxyPassword: password = "" } = values;
      const settings = {
        ...{ baseUrl, authorities, chatId },
        topicId: topicId === "" ? null : Number(topicId),
      };
      const known = partsOf(present?.secrets?.proxy ?? "");
      const isKeptPassword = password === "" && login !== "" && known.password !== "";
      const written = proxyOf({
        address: proxy,
        login,
        password: isKeptPassword ? known.password : password,
      });
      return {
        problems: { ...tokenProblem(), ...proxyProblem() },
        settings,
        secrets: { ...(token && { token }), proxy: written },
      };

      function tokenProblem(): Record<string, string> {
        if (token !== "") return {};
        const before = present && [present.settings.baseUrl, present.settings.authorities ?? "", known];
        const now = [baseUrl, authorities, { address: proxy, login, password: password || known.password }];
        const isSameWay = JSON.stringify(before) === JSON.stringify(now);
        const isKnown = Boolean(present?.secrets);
        const problem = leftOutProblem(isKnown, isSameWay, "form.required", "channels.problem.tokenAgain");
        return problem ? { token: problem } : {};
      }

      function proxyProblem(): Record<string, string> {
        if (proxy === "" && login + password !== "") return { proxy: "channels.problem.proxyMissing" };
        if (password !== "" && login === "") return { proxyLogin: "channels.problem.loginMissing" };
        const isSameWay =
          proxy === known.address &&
          login === known.login &&
          authorities === (present?.settings.authorities ?? "");
        return isKeptPassword && !isSameWay ? { proxyPassword: "channels.problem.passwordAgain" } : {};
      }
    },
  };
}

interface ProxyParts {
  /** Empty = there is none. */
  address: string;
  login: string;
  password: string;
}

function proxyOf({ address, login, password }: ProxyParts): string {
  if (login === "") return address;
  const who = `${encodeURIComponent(login)}${password && `:${encodeURIComponent(password)}`}`;
  return address.replace("//", `//${who}@`);
}

function partsOf(proxy: string): ProxyParts {
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
