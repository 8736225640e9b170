import t from "tap";
import { openChannel } from "../../src/monitor/notifications/sending/open-channel.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addChannel, PASSWORD_OF_MAIL, SECRET_OF_WEBHOOK, TERMS, TOKEN_OF_BOT } from "../helpers/channels.ts";
import { textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";

const WORDS = { language: "ru", timeZone: "Europe/Moscow" };
const EMAIL = {
  ...{ name: "Канал email", ...WORDS, to: "duty@example.ru", from: "poswatch@example.ru" },
  ...{ host: "127.0.0.1", port: "1", security: "none", login: "poswatch", password: "" },
};
const TELEGRAM = {
  ...{ name: "Канал telegram", ...WORDS, token: "", chatId: "-1001234567890", topicId: "" },
  ...{ baseUrl: "http://127.0.0.1:1", proxy: "", proxyLogin: "", proxyPassword: "" },
};
const WEBHOOK = { name: "Канал webhook", ...WORDS, url: "http://127.0.0.1:1/path-of-webhook", secret: "" };

async function secretsOf({ app }: TestMonitor, id: number): Promise<unknown> {
  return (await openChannel(app.database.db, app.secretBox, id))?.connection.secrets;
}

t.test("no page, no event and no line of the log has one", async (t) => {
  const lines: string[] = [];
  const logStream = Object.assign(new (await import("node:stream")).PassThrough(), {});
  logStream.on("data", (chunk) => lines.push(String(chunk)));
  const monitor = await startMonitor(t, { logStream });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const ids = [];
  for (const terms of [TERMS.email, TERMS.telegram, TERMS.webhook])
    ids.push(await addChannel(monitor, terms));
  const [email, telegram, webhook] = ids;
  const changes = [
    [`/channels/${email}`, { ...EMAIL, name: "", password: "typed-secret-1" }],
    [`/channels/${email}`, { ...EMAIL, password: "typed-secret-1" }],
    [`/channels/${telegram}`, { ...TELEGRAM, chatId: "", token: "123456:typed-secret-2" }],
    [`/channels/${telegram}`, { ...TELEGRAM, token: "123456:typed-secret-2" }],
    [`/channels/${webhook}`, { ...WEBHOOK, url: "x", secret: "typed-secret-3-3-3" }],
    [`/channels/${webhook}`, { ...WEBHOOK, secret: "typed-secret-3-3-3" }],
  ] as const;
  const bodies: string[] = [];
  for (const [url, fields] of changes) bodies.push((await admin.post(url, fields)).body);
  for (const id of ids) await admin.post(`/channels/${id}/tests`);
  const urls = ["/channels", ...ids.flatMap((id) => [`/channels/${id}`, `/channels/${id}/edit`]), "/audit"];
  for (const url of urls) bodies.push((await admin.get(url)).body);
  const events = JSON.stringify(await recordedEvents(monitor.app.database.db));
  const file = monitor.app.database.sqlite.serialize();
  const secrets = [PASSWORD_OF_MAIL, TOKEN_OF_BOT, SECRET_OF_WEBHOOK, "typed-secret"];
  for (const secret of secrets) {
    t.notOk(bodies.join().includes(secret), `on no page: ${secret}`);
    t.notOk(events.includes(secret), "in no event");
    t.notOk(lines.join().includes(secret), "in no line of the log");
    t.notOk(file.includes(secret), "not in the file of the database as it is");
  }
  t.notOk(events.includes("path-of-webhook"), "of a webhook no more than its origin");
  t.match(
    textOf((await admin.get(`/channels/${email}/edit`)).body),
    "Сохранён. Оставьте пустым, чтобы не менять.",
  );
  t.same(await secretsOf(monitor, email ?? 0), { password: "typed-secret-1" });
  t.match(await secretsOf(monitor, telegram ?? 0), { token: "123456:typed-secret-2" });
  t.match(await secretsOf(monitor, webhook ?? 0), { secret: "typed-secret-3-3-3" });
});

t.test("a channel is changed without them, and the audit log says what has changed", async (t) => {
  const monitor = await startMonitor(t);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const email = await addChannel(monitor);
  const form = { ...EMAIL, name: "Смена", to: "a@example.ru", port: "587", security: "starttls" };
  const changed = await admin.post(`/channels/${email}`, form);
  t.equal(changed.headers.location, `/channels/${email}`);
  t.match(textOf((await admin.get(`/channels/${email}`)).body), "Сохранено.");
  t.same(await secretsOf(monitor, email), { password: PASSWORD_OF_MAIL });
  const telegram = await addChannel(monitor, TERMS.telegram);
  await admin.post(`/channels/${telegram}`, { ...TELEGRAM, chatId: "@duty", language: "en" });
  t.same(await secretsOf(monitor, telegram), { token: TOKEN_OF_BOT, proxy: "" });
  const webhook = await addChannel(monitor, TERMS.webhook);
  await admin.post(`/channels/${webhook}`, { ...WEBHOOK, url: "https://other.example.ru/secret-path" });
  t.same(await secretsOf(monitor, webhook), { secret: SECRET_OF_WEBHOOK });
  const events = await recordedEvents(monitor.app.database.db, "channel_change");
  const change = (field: string, before: unknown, after: unknown) => ({
    key: "channelChange",
    values: { field, before, after },
  });
  t.same(
    events.map(({ detail }) => detail),
    [
      [
        change("name", "Канал email", "Смена"),
        change("to", "duty@example.ru", "a@example.ru"),
        change("port", 1, 587),
        change("security", "none", "starttls"),
      ],
      [change("chatId", "-1001234567890", "@duty"), change("language", "ru", "en")],
      [change("url", "http://127.0.0.1:1 92b0df604833", "https://other.example.ru d3391194c851")],
    ],
  );
  await admin.post(`/channels/${email}`, form);
  t.equal((await recordedEvents(monitor.app.database.db, "channel_change")).length, 3, "nothing has changed");
});

t.test("another server is not given what was stored for the one before", async (t) => {
  const monitor = await startMonitor(t);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const email = await addChannel(monitor);
  const mail = await admin.post(`/channels/${email}`, { ...EMAIL, host: "mail.attacker.test" });
  t.equal(mail.statusCode, 422);
  t.match(mail.body, /id="problem-password">Прежний пароль — от другого сервера/);
  const again = { ...EMAIL, host: "mail.example.ru", password: "another" };
  t.equal((await admin.post(`/channels/${email}`, again)).statusCode, 303);
  t.same(await secretsOf(monitor, email), { password: "another" });
  await admin.post(`/channels/${email}`, { ...again, login: "", password: "" });
  t.same(await secretsOf(monitor, email), { password: "" }, "without a login none is kept");

  const telegram = await addChannel(monitor, TERMS.telegram);
  const bot = await admin.post(`/channels/${telegram}`, {
    ...TELEGRAM,
    baseUrl: "http://bots.attacker.test",
  });
  t.match(bot.body, /id="problem-token">Сервер теперь другой/);
});

t.test("a proxy keeps its password while all else of it stays", async (t) => {
  const monitor = await startMonitor(t);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const id = await addChannel(monitor, TERMS.telegram);
  const save = (fields: Record<string, string>) => admin.post(`/channels/${id}`, { ...TELEGRAM, ...fields });
  const proxy = { proxy: "http://10.0.0.5:3128", proxyLogin: "ivan" };
  t.equal((await save({ ...proxy, proxyPassword: "s:ecret" })).statusCode, 303);
  const known = { token: TOKEN_OF_BOT, proxy: "http://ivan:s%3Aecret@10.0.0.5:3128" };
  t.same(await secretsOf(monitor, id), known);
  const form = (await admin.get(`/channels/${id}/edit`)).body;
  t.match(form, 'value="http://10.0.0.5:3128"');
  t.match(form, 'value="ivan"');
  t.notMatch(form, "ecret@");
  await save({ ...proxy, name: "Чат" });
  t.same(await secretsOf(monitor, id), known);
  const moved = await save({ ...proxy, proxy: "http://10.0.0.6:3128" });
  t.match(moved.body, /id="problem-proxyPassword">Прежний пароль — от другого сервера или логина/);
  await save({ name: "Чат" });
  t.same(await secretsOf(monitor, id), { token: TOKEN_OF_BOT, proxy: "" });
  const events = await recordedEvents(monitor.app.database.db, "channel_change");
  t.match(
    events.map(({ detail }) => detail?.at(-1)),
    [
      { key: "channelSecretReplaced", values: { secret: "proxy" } },
      { key: "channelChange" },
      { key: "channelSecretReplaced", values: { secret: "proxy" } },
    ],
  );
});

t.test("another path of a webhook is saved, though the log does not say it", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const admin = await signedIn(monitor, { isAdministrator: true });
  const id = await addChannel(monitor, TERMS.webhook);
  const typed = { name: "Канал webhook", language: "ru", timeZone: "Europe/Moscow", secret: "" };
  await admin.post(`/channels/${id}`, { ...typed, url: "http://127.0.0.1:1/another-path" });
  const { settings } = await db.selectFrom("channel").select("settings").executeTakeFirstOrThrow();
  t.equal(settings, '{"url":"http://127.0.0.1:1/another-path"}');
  const [event] = await recordedEvents(db, "channel_change");
  t.match(JSON.stringify(event?.detail), "http://127.0.0.1:1 ");
  t.notMatch(JSON.stringify(event?.detail), "another-path");
});
