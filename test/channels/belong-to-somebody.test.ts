import t from "tap";
import { recordedEvents } from "../helpers/audit.ts";
import { addChannel, addOwnChannel, storedRules, TERMS, WORDS } from "../helpers/channels.ts";
import { addRule } from "../helpers/notifications.ts";
import { signedIn, startAdministered, startFor } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";

t.test("own ones are nobody else's business, those of all are for administrators", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const organizations = [await monitor.addOrganization()];
  const owner = await signedIn(monitor, { organizations });
  const colleague = await signedIn(monitor, { organizations });
  const shared = await addChannel(monitor);
  const own = await addOwnChannel(monitor, owner, shared, { hasDefaultRule: true });
  const [rule] = await storedRules(monitor, own);
  const ofRule = `/rules/${rule?.id}`;
  const pages = ["", "/edit", "/removal/new", "/rules/new", ofRule, `${ofRule}/removal/new`];
  const forms = ["", "/switches", "/tests", "/rules", ofRule, `${ofRule}/removal`, "/removal"];
  for (const path of pages) {
    t.equal((await owner.get(`/channels/${own}${path}`)).statusCode, 200, path);
    for (const other of [admin, colleague])
      t.equal((await other.get(`/channels/${own}${path}`)).statusCode, 404, path);
  }
  for (const path of forms) {
    for (const other of [admin, colleague])
      t.equal((await other.post(`/channels/${own}${path}`, { state: "off" })).statusCode, 404, path);
    t.equal((await owner.post(`/channels/${shared}${path}`, { state: "off" })).statusCode, 404, path);
  }
  const list = await owner.text("/channels");
  t.match(list, "Моя почта");
  t.notMatch(list, "Общие каналы");
  t.notMatch(await colleague.text("/channels"), "Моя почта");
  const ofAll = await admin.text("/channels");
  t.match(ofAll, "Общие каналы");
  t.notMatch(ofAll, "Моя почта");
  for (const kind of ["email", "telegram", "webhook"]) {
    t.equal((await owner.get(`/channels/new?kind=${kind}&scope=shared`)).statusCode, 404, kind);
    t.equal((await owner.post("/channels", { kind, scope: "shared", ...WORDS })).statusCode, 404, kind);
  }
});

t.test("own mail goes by no channel but one of all that sends mail", async (t) => {
  const { monitor, user: manager } = await startFor(t, { organizations: "all" });
  const mail = await addChannel(monitor);
  const bot = await addChannel(monitor, TERMS.telegram);
  const own = await addOwnChannel(monitor, manager, mail);
  const form = { kind: "email", scope: "own", to: "x@example.ru", ...WORDS };
  for (const via of [String(bot), String(own), "987", "x", ""]) {
    const { statusCode, body } = await manager.post("/channels", { ...form, via });
    t.equal(statusCode, 422, via);
    t.match(body, /id="problem-via">Сначала администратор должен добавить общий канал/);
  }
  const changed = await manager.post(`/channels/${own}`, { ...form, name: "Моя", via: String(mail) });
  t.equal(changed.headers.location, `/channels/${own}`);
  const refused = await manager.post(`/channels/${own}`, { ...form, name: "Моя", via: String(bot) });
  t.equal(refused.statusCode, 422);
});

t.test("what goes with a channel, or escalates to it, is told before it is removed or off", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const organizations = [await monitor.addOrganization()];
  const [one, two] = [await signedIn(monitor, { organizations }), await signedIn(monitor, { organizations })];
  const shared = await addChannel(monitor, undefined, { hasDefaultRule: true });
  const own = await addOwnChannel(monitor, one, shared);
  await addOwnChannel(monitor, two, shared);
  t.match(await admin.text(`/channels/${shared}`), "Через него 2 личных канала");
  const asked = await admin.text(`/channels/${shared}/removal/new`);
  t.match(asked, "Удалить канал «Канал email»?");
  t.match(asked, "Вместе с ним удалится 1 правило.");
  t.match(asked, "Через него отправляют 2 личных канала, они удалятся тоже.");
  t.match(asked, /Чьи это каналы: \S+, \S+\. Предупредите этих людей\./);

  await admin.post(`/channels/${shared}/switches`, { state: "off" });
  t.match(await one.text(`/channels/${own}`), "Не отправляет: общий канал «Канал email» выключен");
  const removed = await admin.post(`/channels/${shared}/removal`, { removed: "yes" });
  t.equal(removed.headers.location, "/channels");
  t.match(await admin.text("/channels"), "Канал «Канал email» удалён.");
  t.equal((await one.get(`/channels/${own}`)).statusCode, 404);
  t.same(await db.selectFrom("notificationRule").selectAll().execute(), []);
  const [recorded] = await recordedEvents(db, "channel_remove");
  t.match(recorded, { subject: "Канал email" });
  t.match(recorded?.detail?.at(-1), { key: "channelsBelow", values: { count: 2 } });
  t.equal((await admin.post(`/channels/${shared}/removal`)).statusCode, 404, "it is gone");

  const duty = await addChannel(monitor, undefined, { name: "Смена" });
  const head = await addChannel(monitor, undefined, { name: "Начальник" });
  await addRule(monitor, duty, { escalation: { afterMs: 30 * 60_000, channelId: head } });
  const removal = await admin.text(`/channels/${head}/removal/new`);
  t.match(removal, "Сюда переходят сообщения канала «Смена», если никто не занимается.");
  t.match(await admin.text(`/channels/${duty}`), "через 30 мин без ответа — «Начальник»");
  await admin.post(`/channels/${head}/switches`, { state: "off" });
  t.match(await admin.text(`/channels/${duty}`), "«Начальник» (сейчас выключен)");
  await admin.post(`/channels/${head}/removal`, { removed: "yes" });
  t.notMatch(await admin.text(`/channels/${duty}`), "без ответа", "nor is it told any more");
  t.match(await storedRules(monitor, duty), [{ afterMs: 600_000, escalation: null }]);
});

t.test("names are unique among the channels of one owner, and no further", async (t) => {
  const { monitor, user: one } = await startFor(t, { organizations: "all" });
  const two = await signedIn(monitor, { organizations: "all" });
  const shared = await addChannel(monitor);
  const first = await addOwnChannel(monitor, one, shared);
  await addOwnChannel(monitor, two, shared);
  await addOwnChannel(monitor, one, shared, { name: "Вторая" });
  const form = { to: "x@example.ru", via: String(shared), ...WORDS };
  const taken = await one.post(`/channels/${first}`, { ...form, name: "вторая" });
  t.match(taken.body, /id="problem-name">Канал с таким названием уже есть/);
  const kept = await one.post(`/channels/${first}`, { ...form, name: "Канал email" });
  t.equal(kept.statusCode, 303, "those of all have names of their own");
});

t.test("administrators are told when the links of messages lead nowhere", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const user = await signedIn(monitor, { organizations: "all" });
  const words = "В сообщениях нет ссылок: не сказано, по какому адресу открывают Poswatch.";
  t.match(await admin.text("/channels"), words);
  t.notMatch(await user.text("/channels"), words);
  await addRow(db, "setting", { key: "pagesUrl", value: '"https://poswatch.example.ru"' });
  t.notMatch(await admin.text("/channels"), words);
});
