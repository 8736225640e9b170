import t, { type Test } from "tap";
import { createMailSink } from "../../src/demo/messages/mail-sink.ts";
import type { RuleTerms } from "../../src/monitor/notifications/rules/rule.ts";
import { takeCare } from "../../src/monitor/restaurants/acknowledge.ts";
import { queueAllIncidents } from "../../src/monitor/restaurants/queue-changes.ts";
import { changeTags } from "../../src/monitor/restaurants/tags.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { TERMS } from "../helpers/channels.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import {
  addChannel,
  addFailing,
  addRule,
  eventsOf,
  pass,
  receiveEvents,
  receiveTold,
  startTold,
  tell,
  tellLasting,
} from "../helpers/notifications.ts";
import { rowsOf, signedIn } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";
import { runJob } from "../helpers/run-job.ts";

const ERROR = { error: "Нет места на диске", syncedAgoMs: 0 };
const ANNA = { userId: null, login: "anna", name: "Анна Иванова", address: "10.0.0.7" };

t.test(
  "a rule tells of its organizations, tags and states, and a person only of what they may see by now",
  async (t) => {
    const monitor = await startMonitor(t);
    const { db } = monitor;
    const [first, second] = [await monitor.addOrganization(), await monitor.addOrganization()];
    const rules = [{ organizations: [second] }, { tags: ["МОСКВА"] }, { states: ["unreachable" as const] }];
    const receivers = [];
    for (const terms of rules) receivers.push(await receiveTold(t, monitor, terms));
    const { userId } = await signedIn(monitor, { organizations: [second] });
    const person = await receiveTold(t, monitor, {}, { userId });
    const tagged = await addFailing(monitor, "Тверская", { organizationId: first });
    const named = { id: tagged, name: "Тверская", organizationId: first };
    await changeTags(db, ANNA, named, ["Москва"], monitor.clock());
    await addFailing(monitor, "Ленина", { organizationId: second });
    await monitor.fail(await monitor.addPosServer({ name: "Невский", organizationId: first }));
    await pass(monitor, 10 * MINUTE_MS);
    t.same(receivers.map(eventsOf), [["opened Ленина"], ["opened Тверская"], ["opened Невский"]]);
    t.same(eventsOf(person), ["opened Ленина"]);
    await changeRows(db, "user", { isBlocked: 1 }, { id: userId });
    await addFailing(monitor, "Арбат", { organizationId: second });
    await pass(monitor, 10 * MINUTE_MS);
    t.equal(receivers[0]?.events.length, 2);
    t.same(eventsOf(person), ["opened Ленина"], "nothing once they are blocked");
  },
);

t.test("what many have in common is one message, which counts what its rule is about", async (t) => {
  const monitor = await startMonitor(t);
  const first = await monitor.addOrganization("Вкусный дом");
  const second = await monitor.addOrganization("Пекарня №1");
  const all = await receiveTold(t, monitor);
  const some = await receiveTold(t, monitor, { organizations: [second] });
  const tagged = await receiveTold(t, monitor, { tags: ["Москва", "франшиза"] });
  const none = await receiveTold(t, monitor, { tags: ["24/7"] });
  const ids = await addExchanging(monitor, 9, [first, first, second]);
  for (const [index, tag] of ["Москва", "Франшиза"].entries()) {
    const named = { id: ids[index] ?? 0, name: "", organizationId: first };
    await changeTags(monitor.db, ANNA, named, [tag], monitor.clock());
  }
  await breakAll(monitor, ids);
  await tell(monitor);
  const text = /Вкусный дом — 6\nПекарня №1 — 3/;
  const title = "9 POS-серверов не обмениваются";
  t.match(all.events, [{ event: "opened", title, text, incident: { failing: 9 } }]);
  t.same(eventsOf(some), ["opened 3 POS-сервера не обмениваются"]);
  t.match(some.events, [{ incident: { failing: 3 } }]);
  t.notMatch(JSON.stringify(some.events), "Вкусный дом");
  t.same(eventsOf(tagged), ["opened 2 POS-сервера не обмениваются"]);
  t.same(eventsOf(none), [], "without any of its tags it says nothing");

  monitor.clock.advance(24 * MINUTE_MS);
  for (const index of [2, 5, 8]) await monitor.report(ids[index] ?? 0);
  await tell(monitor);
  t.match(some.events[1], { event: "closed", title: "Восстановлено за 24 мин" }, "for them it is over");
  t.match(all.events[1], { event: "changed", title: "6 POS-серверов не обмениваются" });
});

t.test("by tags, what a silence of many covers still fails", async (t) => {
  const { monitor, db, receiver } = await startTold(t, { tags: ["Москва"] });
  const id = await addFailing(monitor, "Тверская");
  await changeTags(db, ANNA, { id, name: "Тверская", organizationId: 1 }, ["Москва"], monitor.clock());
  await pass(monitor, 11 * MINUTE_MS);
  for (const silent of [id, ...(await addExchanging(monitor, 6))])
    await monitor.fail(silent, "connect_timeout");
  await pass(monitor, MINUTE_MS);
  t.same([...new Set(receiver.events.map(({ event }) => event))].sort(), ["changed", "opened"]);
});

async function receiveMail(t: Test, monitor: TestMonitor, terms: Partial<RuleTerms> = {}) {
  const mail = await createMailSink();
  t.teardown(() => mail.close());
  const settings = { ...TERMS.email.settings, port: String(mail.port), login: "" };
  await addRule(
    monitor,
    await addChannel(monitor, { kind: "email", settings, secrets: { password: "" } }),
    terms,
  );
  return () => mail.mails().map(({ headers }) => headers.subject?.replaceAll("\u00A0", " "));
}

t.test("a mailbox gets two messages an hour of what comes and goes, unless it lasts", async (t) => {
  const monitor = await startMonitor(t);
  const titles = await receiveMail(t, monitor);
  const ids = await addExchanging(monitor, 5);
  for (let times = 0; times < 6; times++) {
    await breakAll(monitor, ids);
    await pass(monitor, 2 * MINUTE_MS);
    for (const id of ids) await monitor.report(id);
    await pass(monitor, 4 * MINUTE_MS);
  }
  const said = ["5 POS-серверов не обмениваются", "Восстановлено за 2 мин"];
  t.same(titles(), said);
  await breakAll(monitor, ids);
  await pass(monitor, 10 * MINUTE_MS);
  t.same(titles(), [...said, said[0]], "a return that lasts waits no longer");
  for (let half = 0; half < 2; half++) {
    for (const id of ids) await monitor.report(id);
    await pass(monitor, HOUR_MS / 2);
  }
  t.same(titles().slice(3), ["Восстановлено за 46 мин"]);
});

t.test("a reminder of a mailbox waits for the hour, an escalation does not", async (t) => {
  const { monitor, receiver, channelId } = await startTold(t, { organizations: [] });
  const escalation = { afterMs: 40 * MINUTE_MS, channelId };
  const titles = await receiveMail(t, monitor, { repeatMs: 15 * MINUTE_MS, escalation });
  await tellLasting(monitor, "Тверская");
  for (let times = 0; times < 3; times++) await pass(monitor, 15 * MINUTE_MS);
  t.equal(titles().length, 2);
  t.same(eventsOf(receiver), ["escalated Тверская"]);
  await pass(monitor, 15 * MINUTE_MS);
  t.equal(titles().length, 3);
});

t.test("who becomes one of many before being told of alone is not told of alone", async (t) => {
  const { monitor, receiver } = await startTold(t, { afterMs: 0 });
  const ids = await addExchanging(monitor, 5);
  for (const id of ids) await breakAll(monitor, [id]).then(() => tell(monitor));
  await pass(monitor, MINUTE_MS);
  t.same(eventsOf(receiver), ["opened 5 POS-серверов не обмениваются"]);
});

t.test("it is told again and again until somebody takes care of it", async (t) => {
  const { monitor, receiver } = await startTold(t, { repeatMs: HOUR_MS });
  const id = await tellLasting(monitor, "Тверская");
  await pass(monitor, HOUR_MS);
  await pass(monitor, HOUR_MS - 1);
  t.same(eventsOf(receiver), ["opened Тверская", "repeated Тверская"]);
  await pass(monitor, 1);
  t.equal(receiver.events.length, 3);
  const subject = { kind: "posServer", id, name: "Тверская", organizationId: 1 } as const;
  const terms = { endsAt: monitor.clock() + 5 * HOUR_MS, note: null, insteadOf: null };
  await takeCare(monitor.db, ANNA, subject, terms, monitor.clock());
  await pass(monitor, 3 * HOUR_MS);
  t.same(eventsOf(receiver).slice(3), ["changed Тверская"], "who is on it");
  monitor.clock.advance(2 * HOUR_MS);
  await runJob(monitor.app, "acknowledgements");
  await tell(monitor);
  t.same(eventsOf(receiver).slice(4), ["repeated Тверская"], "until their time is over");
});

t.test("who takes care does so of what they may see, and of what it is, by now", async (t) => {
  const monitor = await startMonitor(t);
  const organizations: number[] = [];
  while (organizations.length < 3) organizations.push(await monitor.addOrganization());
  const [first = 0, second = 0] = organizations;
  const own = await receiveTold(t, monitor, { repeatMs: HOUR_MS, organizations: [first] });
  const all = await receiveTold(t, monitor, { repeatMs: HOUR_MS });
  const ids = await addExchanging(monitor, 9, organizations);
  const isOf = (organization: number) => (_: number, index: number) => index % 3 === organization;
  await breakAll(monitor, [...ids.filter(isOf(0)), ...ids.filter(isOf(1))]);
  await pass(monitor, 1_000);
  const manager = await signedIn(monitor, { name: "Анна Иванова", organizations: [first, second] });
  const administrator = await signedIn(monitor, { isAdministrator: true });
  const until = "2026-11-25T12:00Z";
  t.equal((await manager.post("/incidents/1/takings", { until })).statusCode, 303);
  const reminders = () =>
    [own, all].map(({ events }) => events.filter(({ event }) => event === "repeated").length);
  await pass(monitor, HOUR_MS);
  t.same(reminders(), [0, 0]);

  const rights = (...organization: number[]) =>
    administrator.post(`/users/${manager.userId}/rights`, {
      step: "save",
      organization: organization.map(String),
    });
  await rights(first);
  await pass(monitor, HOUR_MS);
  t.same(reminders(), [0, 1], "nobody is on what was taken from them");
  t.match(all.events.at(-1)?.text, "Своими организациями занимается Анна Иванова");
  t.match(await administrator.text("/incidents/1"), "остальными не занимается никто");
  const ofOthers = rowsOf(await administrator.html(`/pos-servers?organization=${second}&state=sync_error`));
  t.equal(ofOthers.length, 3);
  t.notOk(ofOthers.some(({ html }) => html.includes("Анна")));
  await rights(first, second);
  await pass(monitor, 2 * HOUR_MS);
  t.same(reminders(), [0, 1]);

  await breakAll(monitor, ids.filter(isOf(2)));
  await pass(monitor, HOUR_MS);
  t.same(reminders(), [0, 2], "nor on what has come to it");
});

t.test("an escalation to a channel that is off is made up for when it is on again", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const second = await receiveEvents(t);
  const channelId = await addChannel(monitor, { ...second.channel, name: "Начальник" });
  const switchTo = (isEnabled: number) => changeRows(db, "channel", { isEnabled }, { id: channelId });
  await receiveTold(t, monitor, { escalation: { afterMs: 30 * MINUTE_MS, channelId } });
  await tellLasting(monitor, "Тверская");
  await switchTo(0);
  await pass(monitor, HOUR_MS);
  await switchTo(1);
  await queueAllIncidents(db);
  await pass(monitor, MINUTE_MS);
  t.same(eventsOf(second), ["escalated Тверская"]);
});

t.test("what comes back in another state is told by the rule that is about that", async (t) => {
  const { monitor, receiver, channelId } = await startTold(t, { states: ["unreachable"] });
  await addRule(monitor, channelId, { states: ["sync_error"] });
  const id = await monitor.addPosServer({ name: "Тверская" });
  await monitor.report(id);
  await monitor.fail(id);
  await pass(monitor, 10 * MINUTE_MS);
  await monitor.report(id);
  await pass(monitor, MINUTE_MS);
  await monitor.report(id, ERROR);
  await pass(monitor, 10 * MINUTE_MS);
  t.same(eventsOf(receiver), ["opened Тверская", "closed Тверская", "reopened Тверская"]);
});

t.test("what a rule has told that is gone is told to be over by another one of the channel", async (t) => {
  const { monitor, db, receiver, channelId } = await startTold(t);
  await addRule(monitor, channelId, { afterMs: 20 * MINUTE_MS });
  const id = await tellLasting(monitor, "Тверская");
  await db.deleteFrom("notificationRule").where("id", "=", 1).execute();
  await queueAllIncidents(db);
  await pass(monitor, HOUR_MS);
  await monitor.report(id);
  await pass(monitor, MINUTE_MS);
  t.same(eventsOf(receiver), ["opened Тверская", "closed Тверская"]);
});

t.test("who has heard nothing yet is not reminded over and over", async (t) => {
  const { monitor, receiver } = await startTold(t, { repeatMs: 5 * MINUTE_MS });
  receiver.answer = { status: 500 };
  await addFailing(monitor, "Тверская");
  for (let minutes = 0; minutes < 60; minutes += 5) await pass(monitor, 5 * MINUTE_MS);
  receiver.answer = { status: 200 };
  await pass(monitor, 15 * MINUTE_MS);
  t.same(eventsOf(receiver), ["opened Тверская"]);
});

t.test("a channel that is off is told nothing until it is on again", async (t) => {
  const { monitor, db, receiver, channelId } = await startTold(t);
  const switchTo = (isEnabled: number) => changeRows(db, "channel", { isEnabled });
  const told = await tellLasting(monitor, "Ленина");
  await switchTo(0);
  const over = await addFailing(monitor, "Тверская");
  await addFailing(monitor, "Арбат");
  await pass(monitor, HOUR_MS);
  for (const id of [told, over]) await monitor.report(id);
  await switchTo(1);
  await addRule(monitor, channelId);
  await tell(monitor);
  t.same(eventsOf(receiver), ["opened Ленина", "closed Ленина", "opened Арбат"]);
});

t.test("quiet hours put off what begins in them; what is over by then is told to nobody", async (t) => {
  const { monitor, receiver } = await startTold(t, { quietHours: { from: 13 * 60, to: 15 * 60 } });
  const short = await addFailing(monitor, "Тверская");
  await addFailing(monitor, "Арбат");
  await pass(monitor, HOUR_MS);
  t.same(eventsOf(receiver), []);
  await monitor.report(short);
  await pass(monitor, HOUR_MS - 1);
  t.same(eventsOf(receiver), []);
  await pass(monitor, 1);
  t.same(eventsOf(receiver), ["opened Арбат"]);
});
