import { randomUUID } from "node:crypto";
import type { Insertable } from "kysely";
import t, { type Test } from "tap";
import { createMailSink } from "../../src/demo/messages/mail-sink.ts";
import type { Database } from "../../src/monitor/database/schema.ts";
import { claimRequest } from "../../src/monitor/requests/claims.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addChannel, addOwnChannel, breakChannel, storedRules, TERMS } from "../helpers/channels.ts";
import { signedIn, startAdministered, textOf } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";
import { listenWebhook } from "../helpers/webhook-server.ts";

async function addMail(t: Test, monitor: TestMonitor) {
  const sink = await createMailSink();
  t.teardown(() => sink.close());
  const settings = { ...TERMS.email.settings, port: String(sink.port), login: "" };
  const terms = { ...TERMS.email, settings, secrets: { password: "" } };
  return { sink, id: await addChannel(monitor, terms) };
}

t.test("the test button says what the server said, and that it works, or why it does not", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const manager = await signedIn(monitor, { organizations: [await monitor.addOrganization()] });
  const { sink, id } = await addMail(t, monitor);
  await breakChannel(monitor, id);
  t.match(await admin.text(`/channels/${id}`), "Не работает с 13:00.");
  const tested = await admin.post(`/channels/${id}/tests`);
  t.equal(tested.headers.location, `/channels/${id}`);
  const page = await admin.text(`/channels/${id}`);
  t.match(page, "Сервер принял: 250 Ok: queued as 1");
  t.match(page, "Работает, последнее сообщение в 13:00");
  t.match(sink.mails(), [{ to: ["duty@example.ru"] }]);
  const own = await addOwnChannel(monitor, manager, id);
  await manager.post(`/channels/${own}/tests`);
  t.match(sink.mails().at(-1)?.to, ["own@example.ru"]);

  const { origin, calls } = await listenWebhook(t);
  const webhook = await addChannel(monitor, { ...TERMS.webhook, settings: { url: `${origin}/hook` } });
  await admin.post(`/channels/${webhook}/tests`);
  t.match(await admin.text(`/channels/${webhook}`), /Сервер принял: .*204/);
  t.equal(calls.length, 1);
  const detail = [{ key: "channelAnswer", values: { answer: "250 Ok: queued as 1" } }];
  t.match(await recordedEvents(monitor.db, "channel_test"), [
    { subject: "Канал email", result: "done", detail },
    { subject: "Моя почта", result: "done" },
    { subject: "Канал webhook", result: "done" },
  ]);

  const silent = await addChannel(monitor, undefined, { name: "Молчит" });
  await admin.post(`/channels/${silent}/tests`);
  const told = await admin.text(`/channels/${silent}`);
  t.match(told, /Проверка не удалась\. Связаться не удаётся\. .*ECONNREFUSED/);
  t.notMatch(await admin.text(`/channels/${silent}`), "Проверка не удалась", "once");
  t.match(await admin.text(`/channels/${silent}`), "Не работает с 13:00. Связаться не удаётся.");
  const failed = { result: "failed", detail: [{ key: "channelFailure", values: { code: "temporary" } }] };
  t.match((await recordedEvents(monitor.db, "channel_test")).at(-1), failed);
});

t.test("nobody can send tests without end", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const { sink, id } = await addMail(t, monitor);
  for (let number = 1; number <= 22; number++) await admin.post(`/channels/${id}/tests`);
  t.equal(sink.mails().length, 20);
  t.match(await admin.text(`/channels/${id}`), "Слишком много проверок подряд.");
});

t.test("a channel is switched off and on, and says so", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const id = await addChannel(monitor);
  const page = async () => await admin.text(`/channels/${id}`);
  await admin.post(`/channels/${id}/switches`, { state: "off" });
  t.match(await page(), "Канал выключен: сообщения в него не отправляются. Состояние Выключен");
  await admin.post(`/channels/${id}/switches`, { state: "off" });
  await admin.post(`/channels/${id}/switches`, { state: "x" });
  await admin.post(`/channels/${id}/switches`, { state: "on" });
  t.match(await page(), "Канал включён. Состояние Сообщений ещё не было");
  const changes = (await recordedEvents(monitor.db, "channel_change")).map(({ detail }) => detail);
  t.same(changes, [
    [{ key: "channelChange", values: { field: "isEnabled", before: true, after: false } }],
    [{ key: "channelChange", values: { field: "isEnabled", before: false, after: true } }],
  ]);
  t.match(await admin.text("/audit?action=channel_change"), "Канал: выключено → включено");
});

type Sent = Partial<Insertable<Database["delivery"]>>;

/** @returns its id. */
async function addDelivery({ db, clock }: TestMonitor, channelId: number, sent: Sent = {}): Promise<number> {
  const now = clock();
  return await addRow(db, "delivery", {
    channelId,
    kind: "opened",
    key: randomUUID(),
    queuedAt: now,
    dueAt: now,
    finishedAt: sent.outcome ? now : null,
    failureDetail: sent.failureCode ? "550 no such user" : null,
    ...sent,
  });
}

/** A message of the first incident. @returns its id. */
async function addMessage(monitor: TestMonitor, channelId: number): Promise<number> {
  const [rule] = await storedRules(monitor, channelId);
  const now = monitor.clock();
  const told = { says: "failing", notifiedAt: now, alertedAt: now } as const;
  return await addRow(monitor.db, "message", { channelId, incidentId: 1, ruleId: rule?.id ?? 0, ...told });
}

function rowsOf(body: string): string[] {
  const [, table = ""] =
    /<table class="registry-table deliveries"[\s\S]*?<tbody[^>]*>([\s\S]*?)<\/tbody>/.exec(body) ?? [];
  return [...table.matchAll(/<tr[\s\S]*?<\/tr>/g)].map(([row]) => textOf(row));
}

t.test("the last messages stand on the page of their channel, and how each of them ended", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const posServerId = await monitor.addPosServer({ name: "Тверская, 12" });
  await monitor.report(posServerId);
  await monitor.report(posServerId, { error: "boom" });
  const id = await addChannel(monitor, undefined, { hasDefaultRule: true });
  const other = await addChannel(monitor, undefined, { name: "Другая почта" });
  t.match(await admin.text(`/channels/${id}`), "Последние сообщения Сообщений ещё не было.");
  const messageId = await addMessage(monitor, id);
  for (const sent of [
    { messageId, outcome: "sent" },
    { messageId, kind: "closed", outcome: "unchanged" },
    { kind: "channel", aboutChannelId: other, outcome: "superseded" },
    { kind: "summary", outcome: "refused", failureCode: "recipient", attempts: 1 },
    { outcome: "given_up", failureCode: "temporary", attempts: 5 },
    { attempts: 2, failureCode: "temporary" },
  ] as const)
    await addDelivery(monitor, id, sent);
  await claimRequest(monitor.db, "delivery", await addDelivery(monitor, id));
  await addDelivery(monitor, id);
  await addDelivery(monitor, other, { outcome: "sent" });
  const body = await admin.html(`/channels/${id}`);
  t.same(rowsOf(body).reverse(), [
    "24.11 13:00 Тверская, 12 · сбой Отправлено",
    "24.11 13:00 Тверская, 12 · восстановление Менять нечего",
    "24.11 13:00 Канал «Другая почта» · сообщения не доходят Уже не нужно",
    "24.11 13:00 сводка Не принято. Получатель не принимает сообщения. 550 no such user",
    "24.11 13:00 сбой Не доставлено. Связаться не удаётся. 550 no such user · 5 попыток",
    "24.11 13:00 сбой Не удалось, будет повтор. Связаться не удаётся. 550 no such user · 2 попытки",
    "24.11 13:00 сбой Отправляется",
    "24.11 13:00 сбой В очереди",
  ]);
  t.match(body, '<a class="thumb" href="/incidents/1">Тверская, 12</a>');
  for (let number = 1; number <= 20; number++) await addDelivery(monitor, id, { outcome: "sent" });
  t.equal(rowsOf(await admin.html(`/channels/${id}`)).length, 20);
});

t.test("what its owner may not see any more has no name and no link", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const [mine, other] = [await monitor.addOrganization(), await monitor.addOrganization()];
  const owner = await signedIn(monitor, { organizations: [mine, other] });
  const posServerId = await monitor.addPosServer({ name: "Тверская, 12", organizationId: other });
  await monitor.report(posServerId);
  await monitor.report(posServerId, { error: "boom" });
  const id = await addOwnChannel(monitor, owner, await addChannel(monitor), { hasDefaultRule: true });
  await addDelivery(monitor, id, { messageId: await addMessage(monitor, id), outcome: "sent" });
  t.match(rowsOf(await owner.html(`/channels/${id}`)), [/Тверская, 12/]);
  await db.deleteFrom("userOrganization").where("organizationId", "=", other).execute();
  const body = await owner.html(`/channels/${id}`);
  t.same(rowsOf(body), ["24.11 13:00 Инцидент № 1 · сбой Отправлено"]);
  t.notMatch(body, "/incidents/1");
});
