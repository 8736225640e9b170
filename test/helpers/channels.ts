import { listRules, type Rule } from "../../src/monitor/notifications/rules/rule.ts";
import { createChannel, type NewChannel } from "../../src/monitor/notifications/settings/save-channel.ts";
import type { TestMonitor } from "./app.ts";
import { type TestBrowser, unescapeHtml } from "./page.ts";
import { changeRows } from "./rows.ts";
import { NO_WAY } from "./simulated-messenger.ts";

type ChannelTerms = Pick<NewChannel, "kind" | "viaId" | "settings" | "secrets">;

const MAKER = { userId: null, login: "anna", name: "Анна", address: "127.0.0.1" };

/** What the secrets of the channels below are. */
export const PASSWORD_OF_MAIL = "pass-word-of-mail";
export const TOKEN_OF_BOT = "123456:token-of-bot";
export const SECRET_OF_WEBHOOK = "secret-of-the-webhook";

const NOBODY = "127.0.0.1";

/** Channels of all with servers that do not answer. */
export const TERMS = {
  email: {
    kind: "email",
    viaId: null,
    settings: {
      host: NOBODY,
      port: "1",
      security: "none",
      login: "poswatch",
      from: "poswatch@example.ru",
      to: "duty@example.ru",
      authorities: "",
    },
    secrets: { password: PASSWORD_OF_MAIL },
  },
  telegram: {
    kind: "telegram",
    viaId: null,
    settings: { ...NO_WAY, baseUrl: `http://${NOBODY}:1`, chatId: "-1001234567890" },
    secrets: { token: TOKEN_OF_BOT, proxyPassword: "" },
  },
  webhook: {
    kind: "webhook",
    viaId: null,
    settings: { url: `http://${NOBODY}:1/path-of-webhook` },
    secrets: { secret: SECRET_OF_WEBHOOK },
  },
} as const satisfies Record<string, ChannelTerms>;

export const WORDS = { language: "ru", timeZone: "Europe/Moscow" } as const;

/** What the form of such a channel holds, but for its secrets. */
export function formOf({ kind, settings }: ChannelTerms): Record<string, string> {
  return { name: `Канал ${kind}`, ...WORDS, ...settings };
}

/** Makes a channel, of all and in Russian unless told, without a rule. @returns its id. */
export async function addChannel(
  { app, clock }: TestMonitor,
  terms: ChannelTerms = TERMS.email,
  changes: Partial<NewChannel> = {},
): Promise<number> {
  const usual = { name: `Канал ${terms.kind}`, ownerId: null, hasDefaultRule: false };
  const channel: NewChannel = { ...usual, ...WORDS, ...terms, ...changes };
  const made = await createChannel(app.database.db, app.secretBox, MAKER, channel, clock());
  if (typeof made === "number") return made;
  throw new Error(`The channel was not made: ${made}`);
}

/** Makes somebody's own channel, by the mail server of one of all. @returns its id. */
export async function addOwnChannel(
  monitor: TestMonitor,
  { userId }: Pick<TestBrowser, "userId">,
  viaId: number,
  changes: Partial<NewChannel> = {},
): Promise<number> {
  const terms: ChannelTerms = { kind: "email", viaId, secrets: null, settings: { to: "own@example.ru" } };
  return await addChannel(monitor, terms, { ownerId: userId, name: "Моя почта", ...changes });
}

/** Lets a channel fail since now, as the outbox notes it. */
export async function breakChannel({ db, clock }: TestMonitor, id: number): Promise<void> {
  const failure = { failureCode: "credentials", failureDetail: "535 5.7.8", failedTries: 3 } as const;
  await changeRows(db, "channel", { failingSince: clock(), ...failure }, { id });
}

/** What a form says beside its fields, by their names. */
export function problemsIn(body: string): Record<string, string> {
  const problems = body.matchAll(/id="problem-(\w+)">([^<]*)/g);
  return Object.fromEntries([...problems].map(([, name, words = ""]) => [name, unescapeHtml(words)]));
}

export const storedRules = ({ db }: TestMonitor, channelId: number): Promise<Rule[]> =>
  listRules(db, channelId);
