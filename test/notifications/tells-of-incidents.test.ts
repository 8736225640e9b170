import t, { type Test } from "tap";
import { setBlocked } from "../../src/monitor/people/users/change-user.ts";
import { saveRights } from "../../src/monitor/people/users/save-rights.ts";
import { startMonitor } from "../helpers/app.ts";
import { MINUTE_MS } from "../helpers/clock.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import { addChannel, addRule, pass, receiveEvents, startTold, tell } from "../helpers/notifications.ts";
import { signedIn, type TestUser } from "../helpers/sign-in.ts";

const ERROR = { error: "Нет места на диске", syncedAgoMs: 0 };

t.test("a trouble that lasts is told once, changed, and told to be over", async (t) => {
  const { monitor, receiver } = await startTold(t);
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  await monitor.report(id);
  await monitor.report(id, ERROR);
  await tell(monitor);
  t.same(receiver.events, [], "not before it has lasted for ten minutes");
  await pass(monitor, 10 * MINUTE_MS);
  await tell(monitor);
  t.match(receiver.events, [{ event: "opened", title: "Тверская, 12: ошибка синхронизации" }]);
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(id, { error: "database is locked", syncedAgoMs: 0 });
  await tell(monitor);
  t.match(receiver.events.slice(1), [{ event: "changed" }], "another cause");
  monitor.clock.advance(13 * MINUTE_MS);
  await monitor.report(id);
  await tell(monitor);
  t.match(receiver.events.slice(2), [
    { event: "closed", title: "Тверская, 12: восстановлено за 24 мин", incident: { status: "over" } },
  ]);
  await pass(monitor, 60 * MINUTE_MS);
  t.equal(receiver.events.length, 3);
});

t.test("what many have in common is one message, which counts what its rule is about", async (t) => {
  const monitor = await startMonitor(t);
  const [first, second] = [
    await monitor.addOrganization("Вкусный дом"),
    await monitor.addOrganization("Пекарня №1"),
  ];
  const [all, some] = [await receiveEvents(t), await receiveEvents(t)];
  await addRule(monitor, await addChannel(monitor, all.channel));
  await addRule(monitor, await addChannel(monitor, some.channel), { organizations: [second] });
  const ids = await addExchanging(monitor, 9, [first, first, second]);
  await breakAll(monitor, ids);
  await tell(monitor);
  t.match(all.events, [
    { event: "opened", title: "9 POS-серверов не обмениваются", incident: { failing: 9 } },
  ]);
  t.match(all.events[0]?.text, /Вкусный дом — 6\nПекарня №1 — 3/);
  t.match(some.events, [
    { event: "opened", title: "3 POS-сервера не обмениваются", incident: { failing: 3 } },
  ]);
  t.notMatch(JSON.stringify(some.events), "Вкусный дом");

  monitor.clock.advance(24 * MINUTE_MS);
  for (const index of [2, 5, 8]) await monitor.report(ids[index] ?? 0);
  await tell(monitor);
  t.match(some.events[1], { event: "closed", title: "Восстановлено за 24 мин" }, "for them it is over");
  t.match(all.events[1], { event: "changed", title: "6 POS-серверов не обмениваются" });
});

const ACTOR = { userId: null, login: "anna", name: "Анна", address: "127.0.0.1" };
const RIGHTS = { hasAll: false, organizationIds: new Set([1]) };

/** An incident of the first organization that is long open, and a channel of somebody. */
async function begin(t: Test, user: TestUser, tags: string[] = []) {
  const monitor = await startMonitor(t);
  const receiver = await receiveEvents(t);
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  const { userId } = await signedIn(monitor, user);
  await addRule(monitor, await addChannel(monitor, { ...receiver.channel, userId }), { tags });
  await monitor.report(id);
  await monitor.report(id, { error: "беда", syncedAgoMs: 0 });
  monitor.clock.advance(60 * 60_000);
  const told = async () => {
    await tell(monitor);
    return receiver.events.map(({ event, title }) => `${event}: ${title}`);
  };
  return { ...monitor, db: monitor.db, monitor, id, userId, told };
}

const OPENED = ["opened: Тверская, 12: ошибка синхронизации"];

t.test("whoever is given an organization is told of what is open there", async (t) => {
  const { db, userId, clock, told } = await begin(t, {});
  t.same(await told(), []);
  await saveRights(db, ACTOR, userId, RIGHTS, clock());
  t.same(await told(), OPENED);
});

t.test("whoever is unblocked is told of what is open", async (t) => {
  const { db, userId, clock, told } = await begin(t, { organizations: [1] });
  await setBlocked(db, ACTOR, userId, true, clock());
  t.same(await told(), []);
  await setBlocked(db, ACTOR, userId, false, clock());
  t.same(await told(), OPENED);
});

t.test("what is given a tag is told by the rules about that", async (t) => {
  const { monitor, id, told } = await begin(t, { organizations: "all" }, ["24/7"]);
  t.same(await told(), []);
  const admin = await signedIn(monitor, { isAdministrator: true });
  await admin.post(`/pos-servers/${id}/tags`, { more: "24/7" });
  t.same(await told(), OPENED);
});
