import t from "tap";
import { openChannel } from "../../src/monitor/notifications/sending/open-channel.ts";
import type { TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import {
  addChannel,
  formOf,
  PASSWORD_OF_MAIL,
  SECRET_OF_WEBHOOK,
  TERMS,
  TOKEN_OF_BOT,
} from "../helpers/channels.ts";
import { logLines } from "../helpers/log-lines.ts";
import { startAdministered, textOf } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";

const EMAIL = formOf(TERMS.email);
const TELEGRAM = formOf(TERMS.telegram);
const WEBHOOK = formOf(TERMS.webhook);

const secretsOf = async ({ app }: TestMonitor, id: number) =>
  (await openChannel(app.database.db, app.secretBox, id))?.secrets;

t.test("no page, no event and no line of the log has one", async (t) => {
  const { stream: logStream, text: logged } = logLines();
  const { monitor, admin } = await startAdministered(t, { logStream });
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
  for (const url of urls) bodies.push(await admin.html(url));
  const events = JSON.stringify(await recordedEvents(monitor.db));
  const file = monitor.app.database.sqlite.serialize();
  const secrets = [PASSWORD_OF_MAIL, TOKEN_OF_BOT, SECRET_OF_WEBHOOK, "typed-secret"];
  for (const secret of secrets) {
    t.notOk(bodies.join().includes(secret), `on no page: ${secret}`);
    t.notOk(events.includes(secret), "in no event");
    t.notOk(logged().includes(secret), "in no line of the log");
    t.notOk(file.includes(secret), "not in the file of the database as it is");
  }
  t.notOk(events.includes("path-of-webhook"), "of a webhook no more than its origin");
  t.match(await admin.text(`/channels/${email}/edit`), "Сохранён. Оставьте пустым, чтобы не менять.");
  t.same(await secretsOf(monitor, email ?? 0), { password: "typed-secret-1" });
  t.match(await secretsOf(monitor, telegram ?? 0), { token: "123456:typed-secret-2" });
  t.match(await secretsOf(monitor, webhook ?? 0), { secret: "typed-secret-3-3-3" });
});

t.test("a channel is changed without them, and the audit log says what has changed", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const email = await addChannel(monitor);
  const form = { ...EMAIL, name: "Смена", to: "a@example.ru", login: "duty" };
  const changed = await admin.post(`/channels/${email}`, form);
  t.equal(changed.headers.location, `/channels/${email}`);
  t.match(await admin.text(`/channels/${email}`), "Сохранено.");
  t.same(await secretsOf(monitor, email), { password: PASSWORD_OF_MAIL });
  const telegram = await addChannel(monitor, TERMS.telegram);
  await admin.post(`/channels/${telegram}`, { ...TELEGRAM, chatId: "@duty", language: "en" });
  t.same(await secretsOf(monitor, telegram), { token: TOKEN_OF_BOT, proxyPassword: "" });
  const webhook = await addChannel(monitor, TERMS.webhook);
  await admin.post(`/channels/${webhook}`, { ...WEBHOOK, url: "http://127.0.0.1:1/secret-path" });
  t.same(await secretsOf(monitor, webhook), { secret: SECRET_OF_WEBHOOK });
  const events = await recordedEvents(monitor.db, "channel_change");
  const changes = events.map(({ detail }) => (detail ?? []).map(({ values }) => Object.values(values)));
  t.same(changes, [
    [
      ["name", "Канал email", "Смена"],
      ["to", "duty@example.ru", "a@example.ru"],
      ["login", "poswatch", "duty"],
    ],
    [
      ["chatId", "-1001234567890", "@duty"],
      ["language", "ru", "en"],
    ],
    [["url", "http://127.0.0.1:1 92b0df604833", "http://127.0.0.1:1 289d6201ec15"]],
  ]);
  await admin.post(`/channels/${email}`, form);
  t.equal((await recordedEvents(monitor.db, "channel_change")).length, 3, "nothing has changed");
});

const PEM = (await makeCertificate()).cert;
const PROXY = { proxy: "http://10.0.0.5:3128", proxyLogin: "ivan", proxyPassword: "s:ecret" };

t.test("a secret goes only by the way for which it was given", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const ids = {
    email: await addChannel(monitor),
    telegram: await addChannel(monitor, TERMS.telegram),
    max: await addChannel(monitor, { ...TERMS.telegram, kind: "max" }),
    webhook: await addChannel(monitor, TERMS.webhook),
  };
  const max = { ...TELEGRAM, name: "Канал max" };
  const forms = { email: EMAIL, telegram: TELEGRAM, max, webhook: WEBHOOK };
  const save = (kind: keyof typeof ids, fields: Record<string, string>) =>
    admin.post(`/channels/${ids[kind]}`, { ...forms[kind], ...fields });
  for (const [kind, fields, field] of [
    ["email", { host: "mail.attacker.test" }, "password"],
    ["email", { port: "2525" }, "password"],
    ["email", { security: "starttls" }, "password"],
    ["email", { authorities: PEM }, "password"],
    ["telegram", { baseUrl: "http://bots.attacker.test" }, "token"],
    ["telegram", PROXY, "token"],
    ["max", { proxy: "socks5://10.0.0.5:1080" }, "token"],
    ["max", { authorities: PEM }, "token"],
    ["webhook", { url: "http://127.0.0.1:2/path-of-webhook" }, "secret"],
    ["webhook", { url: "https://127.0.0.1:1/path-of-webhook" }, "secret"],
  ] as const) {
    const before = await secretsOf(monitor, ids[kind]);
    const refused = await save(kind, fields);
    t.equal(refused.statusCode, 422, JSON.stringify(fields));
    t.match(refused.body, `id="problem-${field}">Сохранено для прежнего подключения`);
    t.same(await secretsOf(monitor, ids[kind]), before);
  }
  const again = { host: "mail.example.ru", password: "another" };
  t.equal((await save("email", again)).statusCode, 303);
  t.same(await secretsOf(monitor, ids.email), { password: "another" });
  await save("email", { ...again, login: "", password: "" });
  t.same(await secretsOf(monitor, ids.email), { password: "" }, "without a login none is kept");
  await save("max", { token: TOKEN_OF_BOT, authorities: PEM, baseUrl: "http://127.0.0.1:2/path-of-bot" });
  const [event] = (await recordedEvents(monitor.db, "channel_change")).slice(-1);
  const [authorities, baseUrl, ...others] = event?.detail ?? [];
  t.match(authorities?.values, { field: "authorities", before: null, after: /^[0-9a-f]{12}$/ });
  const after = /^http:\/\/127\.0\.0\.1:2 [0-9a-f]{12}$/;
  t.match(baseUrl?.values, { field: "baseUrl", before: "http://127.0.0.1:1", after });
  t.same(others, [], "of what is long, or may be a secret, the log says which one it is");
});

t.test("a proxy keeps its password while all else of it stays", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const id = await addChannel(monitor, TERMS.telegram);
  const save = (fields: Record<string, string>) => admin.post(`/channels/${id}`, { ...TELEGRAM, ...fields });
  const token = TOKEN_OF_BOT;
  t.equal((await save({ ...PROXY, token })).statusCode, 303);
  const known = { token, proxyPassword: PROXY.proxyPassword };
  t.same(await secretsOf(monitor, id), known);
  const form = await admin.html(`/channels/${id}/edit`);
  t.match(form, 'value="http://10.0.0.5:3128"');
  t.match(form, 'value="ivan"');
  t.notMatch(form, PROXY.proxyPassword);
  const left = { ...PROXY, proxyPassword: "" };
  await save({ ...left, name: "Чат" });
  t.same(await secretsOf(monitor, id), known);
  const moved = await save({ ...left, token, proxy: "http://10.0.0.6:3128" });
  t.match(moved.body, /id="problem-proxyPassword">Сохранено для прежнего подключения/);
  t.match((await save({ name: "Чат" })).body, /id="problem-token"/, "nor is the token sent without it");
  await save({ name: "Чат", token });
  t.same(await secretsOf(monitor, id), { token, proxyPassword: "" });
  const changes = (await recordedEvents(monitor.db, "channel_change")).map(({ detail }) => detail?.at(-1));
  const replaced = { key: "channelSecretReplaced", values: { secret: "proxyPassword" } };
  t.match(changes, [replaced, { key: "channelChange" }, replaced]);
});

t.test("a channel whose secrets cannot be opened is changed by typing them again", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const [email, telegram] = [await addChannel(monitor), await addChannel(monitor, TERMS.telegram)];
  const webhook = await addChannel(monitor, TERMS.webhook);
  await changeRows(db, "channel", { secrets: new Uint8Array(40) });
  for (const [id, form, secret] of [
    [email, EMAIL, { password: "typed again" }],
    [telegram, TELEGRAM, { token: TOKEN_OF_BOT }],
  ] as const) {
    const page = await admin.get(`/channels/${id}/edit`);
    t.equal(page.statusCode, 200);
    t.notMatch(textOf(page.body), "Сохранён.");
    t.equal((await admin.post(`/channels/${id}`, form)).statusCode, 422);
    t.equal((await admin.post(`/channels/${id}`, { ...form, ...secret })).statusCode, 303);
    t.match(await secretsOf(monitor, id), secret);
  }
  await admin.post(`/channels/${webhook}`, WEBHOOK);
  const { secret } = (await secretsOf(monitor, webhook)) ?? {};
  t.match(await admin.html(`/channels/${webhook}`), `value="${secret}"`, "that of a webhook is made anew");
});
