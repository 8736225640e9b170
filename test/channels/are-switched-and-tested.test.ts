import t, { type Test } from "tap";
import { createMailSink } from "../../src/demo/messengers/mail-sink.ts";
import type { TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addChannel, addOwnChannel, breakChannel, TERMS } from "../helpers/channels.ts";
import { signedIn, startAdministered } from "../helpers/sign-in.ts";
import { listenWebhook } from "../helpers/webhook-server.ts";

async function addMail(t: Test, monitor: TestMonitor) {
  const sink = await createMailSink();
  t.teardown(() => sink.close());
  const settings = { ...TERMS.email.settings, port: sink.port, login: "" };
  const terms = { ...TERMS.email, settings, secrets: { password: "" } };
  return { sink, id: await addChannel(monitor, terms) };
}

t.test("the test button says what the server said, and that it works", async (t) => {
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
  t.match(await recordedEvents(monitor.db, "channel_test"), [
    {
      ...{ subject: "Канал email", result: "done" },
      detail: [{ key: "channelAnswer", values: { answer: "250 Ok: queued as 1" } }],
    },
    { subject: "Моя почта", result: "done" },
    { subject: "Канал webhook", result: "done" },
  ]);
});

t.test("and why it does not, in words and as the system says it", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const id = await addChannel(monitor);
  await admin.post(`/channels/${id}/tests`);
  const page = await admin.text(`/channels/${id}`);
  t.match(page, /Проверка не удалась\. Связаться не удаётся\. .*ECONNREFUSED/);
  t.notMatch(await admin.text(`/channels/${id}`), "Проверка не удалась", "once");
  t.match(await admin.text(`/channels/${id}`), "Не работает с 13:00. Связаться не удаётся.");
  t.match(await recordedEvents(monitor.db, "channel_test"), [
    { result: "failed", detail: [{ key: "channelFailure", values: { code: "temporary" } }] },
  ]);
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
  const events = await recordedEvents(monitor.db, "channel_change");
  t.same(
    events.map(({ detail }) => detail),
    [
      [{ key: "channelChange", values: { field: "isEnabled", before: true, after: false } }],
      [{ key: "channelChange", values: { field: "isEnabled", before: false, after: true } }],
    ],
  );
  t.match(await admin.text("/audit?action=channel_change"), "Канал: выключено → включено");
});
