import t from "tap";
import { DEFAULT_TERMS } from "../../src/monitor/notifications/rules/rule.ts";
import { openChannel } from "../../src/monitor/notifications/sending/open-channel.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { addChannel, storedRules, WORDS } from "../helpers/channels.ts";
import { signedIn, startAdministered, textOf, unescapeHtml } from "../helpers/page.ts";
import { ANNA } from "../helpers/simulated-messenger.ts";
import { GROUP_ID, startTelegram, TOKEN } from "../helpers/telegram.ts";

const EMAIL = {
  kind: "email",
  scope: "shared",
  name: "Почта смены",
  ...WORDS,
  withRule: "yes",
  to: "duty@example.ru, Вторая <second@example.ru>",
  from: "Poswatch <poswatch@example.ru>",
  host: "smtp.example.ru",
  port: "587",
  security: "starttls",
  login: "poswatch",
  password: "pass-word",
};
const TELEGRAM = {
  kind: "telegram",
  scope: "shared",
  name: "Чат дежурных",
  ...WORDS,
  token: "123456:ABC-def_1",
  chatId: "-1001234567890",
  topicId: "7",
  baseUrl: "https://bots.example.ru/api/",
  proxy: "socks5://10.0.0.5:1080",
  proxyLogin: "o'neil",
  proxyPassword: "p@ss",
};
const WEBHOOK = {
  kind: "webhook",
  scope: "shared",
  name: "Заявки",
  ...WORDS,
  url: "https://tickets.example.ru/hooks/4f3c",
};

const stored = ({ app, db }: TestMonitor, id: number) => openChannel(db, app.secretBox, id);

t.test("mail is told by its server, with its password, and by the rule of default", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  t.match(await admin.html("/settings"), 'href="/channels"');
  t.match(await admin.text("/channels"), /Без каналов о сбое знает только тот, кто откроет Poswatch/);
  const form = await admin.html("/channels/new?kind=email&scope=shared");
  t.match(form, /name="port"[^>]*value="587"/);
  t.match(form, /name="withRule"[^>]* checked/);
  t.match(textOf(form), "Через запятую, до 20 адресов.");
  t.notMatch(form, /<details[^>]* open/, "what nearly everybody leaves as it is is not opened");
  const made = await admin.post("/channels", EMAIL);
  t.equal(made.headers.location, "/channels/1");
  const { kind, name, password, host, port, security, login, from } = EMAIL;
  const to = "duty@example.ru, second@example.ru";
  const settings = { host, port, security, login, from, to, authorities: "" };
  const kept = { kind, name, ...WORDS, userId: null, isEnabled: true, settings, secrets: { password } };
  t.match(await stored(monitor, 1), kept);
  t.match(await storedRules(monitor, 1), [DEFAULT_TERMS]);
  const page = await admin.text("/channels/1");
  t.match(page, "Канал добавлен.");
  t.match(page, "Все организации · любая неполадка · через 10 мин, общая причина — сразу");
  t.match(page, "Сервер smtp.example.ru:587, STARTTLS Логин poswatch");
  t.match(await admin.text("/channels"), `Почта смены Почта ${to} Сообщений ещё не было 1 правило`);
  const detail = [
    { key: "channelKind", values: { kind: "email" } },
    { key: "channelReach", values: { reach: to } },
    { key: "channelServer", values: { server: "smtp.example.ru" } },
    { key: "ruleOfDefault" },
  ];
  t.match(await recordedEvents(monitor.db, "channel_create"), [{ subject: "Почта смены", detail }]);
  const recorded = /Добавление канала оповещений( \S+)? Почта смены.*Почта; кому: duty@example.ru/;
  t.match(await admin.text("/audit?action=channel_create"), recorded);
});

t.test("a bot is told by its token, in a topic of a group, by a proxy", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const form = await admin.html("/channels/new?kind=telegram&scope=shared");
  t.match(form, /name="baseUrl"[^>]*value="https:\/\/api\.telegram\.org"/);
  t.match(textOf(form), "@BotFather");
  t.equal((await admin.post("/channels", TELEGRAM)).headers.location, "/channels/1");
  const { token, chatId, topicId, proxy, proxyLogin, proxyPassword } = TELEGRAM;
  t.match(await stored(monitor, 1), {
    kind: "telegram",
    settings: { baseUrl: "https://bots.example.ru/api", chatId, topicId, proxy, proxyLogin },
    secrets: { token, proxyPassword },
  });
  t.same(await storedRules(monitor, 1), []);
  const page = await admin.text("/channels/1");
  t.match(page, "чат -1001234567890, тема 7");
  t.match(page, "Правил нет: сам канал ни о чём не сообщает.");
});

t.test("a bot of MAX is told by its token, and trusts whom it is told to", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const form = await admin.html("/channels/new?kind=max&scope=shared");
  t.match(form, /name="baseUrl"[^>]*value="https:\/\/platform-api2\.max\.ru"/);
  t.match(textOf(form), "MAX ещё не проверен с настоящей службой");
  t.notMatch(form, 'name="topicId"');
  const { cert } = await makeCertificate();
  const baseUrl = "https://platform-api2.max.ru";
  const [token, chatId] = ["f9LHodD0cOI_token", "-70000000000005"];
  const bot = { token, chatId, authorities: cert, baseUrl };
  const typed = { kind: "max", scope: "shared", name: "MAX дежурных", ...WORDS, ...bot };
  t.equal((await admin.post("/channels", typed)).headers.location, "/channels/1");
  const settings = { baseUrl, authorities: /BEGIN CERTIFICATE/, chatId, proxy: "", proxyLogin: "" };
  t.match(await stored(monitor, 1), { kind: "max", settings, secrets: { token, proxyPassword: "" } });
  const page = await admin.html("/channels/1");
  t.match(textOf(page), "чат -70000000000005");
  t.match(textOf(page), "MAX ещё не проверен");
  t.notMatch(page, token);
  t.match(await admin.html("/channels/1/edit"), "BEGIN CERTIFICATE");
});

t.test("a webhook is given a secret, which is shown once", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  t.equal((await admin.post("/channels", WEBHOOK)).headers.location, "/channels/1");
  const body = await admin.html("/channels/1");
  const secret = unescapeHtml(/id="secret"[^>]* value="([^"]+)"/.exec(body)?.[1] ?? "");
  t.match(secret, /^[\w-]{43}$/);
  t.match(await stored(monitor, 1), { settings: { url: WEBHOOK.url }, secrets: { secret } });
  t.notMatch(await admin.html("/channels/1"), secret, "not again");

  await admin.post("/channels", { ...WEBHOOK, name: "Заявки 2", secret: "a secret of their own" });
  t.notMatch(await admin.html("/channels/2"), "a secret of their own");
  t.match((await stored(monitor, 2))?.secrets, { secret: "a secret of their own" });
  const list = await admin.html("/channels");
  t.match(textOf(list), "tickets.example.ru");
  t.notMatch(list, "4f3c", "nobody reads its path over a shoulder");
});

t.test("there are twenty channels for all at most", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  for (let number = 1; number <= 20; number++)
    await addChannel(monitor, undefined, { name: `Почта ${number}` });
  const refused = await admin.post("/channels", EMAIL);
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), "Общих каналов уже 20, больше добавить нельзя.");
});

t.test("one's own mail goes by the server of a channel of all", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization();
  const manager = await signedIn(monitor, { organizations: [organizationId] });
  t.match(await manager.html("/pos-servers"), 'href="/channels"');
  const own = { kind: "email", scope: "own", to: "own@example.ru", ...WORDS, withRule: "yes" };
  const sentence = "Сначала администратор должен добавить общий канал";
  t.match(await manager.text("/channels/new"), sentence);
  const refused = await manager.post("/channels", own);
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), sentence);

  const viaId = await addChannel(monitor);
  t.match(await manager.html("/channels/new"), `<option value="${viaId}" selected>Канал email`);
  const made = await manager.post("/channels", { ...own, via: String(viaId) });
  t.equal(made.headers.location, `/channels/${viaId + 1}`);
  t.match(await stored(monitor, viaId + 1), {
    name: "own@example.ru",
    userId: manager.userId,
    settings: { host: "127.0.0.1", to: "own@example.ru" },
  });
  t.equal((await storedRules(monitor, viaId + 1)).length, 1);
  const listed = "own@example.ru Почта через «Канал email» own@example.ru Сообщений ещё не было 1 правило";
  t.match(await manager.text("/channels"), listed);
  const via = { key: "channelVia", values: { name: "Канал email" } };
  const [, recorded] = await recordedEvents(monitor.db, "channel_create");
  t.match(recorded?.detail, [{}, { key: "channelOwn" }, {}, via, {}]);
});

t.test("a bot of Telegram finds the chat that it was written from last", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const telegram = await startTelegram(t);
  const { chatId: _left, topicId: _out, proxy: _p, proxyLogin: _l, proxyPassword: _w, ...rest } = TELEGRAM;
  const form = { ...rest, token: TOKEN, baseUrl: telegram.url };
  const without = (await admin.post("/channels", { ...form, token: "" })).body;
  t.match(without, 'id="problem-token"');
  t.notMatch(without, 'id="problem-chatId"', "the bot comes first");
  const early = await admin.post("/channels", form);
  t.equal(early.statusCode, 422);
  t.match(textOf(early.body), "Боту ещё никто не писал. Напишите ему или добавьте его в группу");
  telegram.say(ANNA.id, "привет", ANNA);
  telegram.say(GROUP_ID, "/start", ANNA);
  const wrong = await admin.post("/channels", { ...form, token: "1:wrong" });
  t.match(textOf(wrong.body), "Спросить бота не удалось");
  t.equal((await admin.post("/channels", form)).headers.location, "/channels/1");
  t.match(await stored(monitor, 1), { settings: { chatId: String(GROUP_ID) } });
});
