import { PassThrough } from "node:stream";
import t, { type Test } from "tap";
import { removeOldHistory } from "../../../src/monitor/remove-old-history.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import {
  addChannel,
  eventsOf,
  pass,
  receiveEvents,
  receiveTold,
  startTold,
  tell,
  tellLasting,
} from "../../helpers/notifications.ts";
import { changeRows, readRow } from "../../helpers/rows.ts";

/** The first channel, called «Заявки», is told by a rule; the other one by none. */
async function addBrokenAndOther(t: Test, monitor: TestMonitor) {
  const broken = await receiveTold(t, monitor, {}, { name: "Заявки" });
  const other = await receiveEvents(t);
  await addChannel(monitor, { ...other.channel, name: "Запасной" });
  return { broken, other, channelId: 1 };
}

const channelOf = ({ db }: TestMonitor, id: number) => readRow(db, "channel", { id });

t.test("what does not get through waits, in its order, and is said as it is by then", async (t) => {
  const { monitor, receiver, channelId } = await startTold(t);
  receiver.answer = { status: 500 };
  const first = await tellLasting(monitor, "Тверская, 12");
  t.match(await channelOf(monitor, channelId), { failedTries: 1, failingSince: null }, "once is not failing");
  await tellLasting(monitor, "Арбат, 5");
  const failing = await channelOf(monitor, channelId);
  t.match(failing, { failedTries: 2, failingSince: monitor.clock(), failureCode: "temporary" });
  t.match(failing.failureDetail, "500");
  await monitor.report(first);
  receiver.answer = { status: 200 };
  await pass(monitor, 29 * SECOND_MS);
  t.same(receiver.events, [], "it is left alone for half a minute");
  await pass(monitor, SECOND_MS);
  t.match(receiver.events, [
    { event: "opened", title: /^Тверская, 12: восстановлено/ },
    { event: "opened", title: "Арбат, 5: ошибка синхронизации" },
    { event: "closed", title: /^Тверская, 12: восстановлено/ },
  ]);
  const works = { failedTries: 0, failingSince: null, failureCode: null, deliveredAt: monitor.clock() };
  t.match(await channelOf(monitor, channelId), works);
  t.equal(new Set(receiver.events.map(({ id }) => id)).size, 3);
});

t.test("a channel whose secrets cannot be read fails as others do", async (t) => {
  const monitor = await startMonitor(t);
  const { other, channelId } = await addBrokenAndOther(t, monitor);
  await changeRows(monitor.db, "channel", { secrets: new Uint8Array(40) }, { id: channelId });
  const test = await monitor.app.notifications.sendTest(channelId);
  t.match(test, { ok: false, failure: "credentials" });
  await tellLasting(monitor, "Тверская, 12");
  await pass(monitor, MINUTE_MS);
  t.match(await channelOf(monitor, channelId), { failingSince: Number, failureCode: "credentials" });
  t.match(other.events, [{ event: "channel", title: "Не доходят сообщения: «Заявки»" }]);
});

t.test("what is refused as it is holds up nothing, and is given up when others are taken", async (t) => {
  const { monitor, receiver, channelId } = await startTold(t);
  receiver.refuses = ({ title }) => title.startsWith("Тверская");
  await tellLasting(monitor, "Тверская, 12");
  t.match(await channelOf(monitor, channelId), { failedTries: 1, failingSince: null });
  await tellLasting(monitor, "Арбат, 5");
  t.match(receiver.events, [{ title: "Арбат, 5: ошибка синхронизации" }]);
  await pass(monitor, 11 * SECOND_MS);
  await tellLasting(monitor, "Сокол, 1");
  t.match(await channelOf(monitor, channelId), { failedTries: 0, failingSince: null }, "it works");
  const deliveries = await monitor.db.selectFrom("delivery").selectAll().orderBy("id").execute();
  const refused = { outcome: "refused", failureDetail: /^422/ };
  t.match(deliveries, [refused, { outcome: "sent" }, { outcome: "sent" }]);
});

t.test("what refuses everything is silent, and is told of all that is open in the end", async (t) => {
  const monitor = await startMonitor(t);
  const { broken, other, channelId } = await addBrokenAndOther(t, monitor);
  broken.answer = { status: 413 };
  const over = await tellLasting(monitor, "Тверская, 12", "Арбат, 5", "Сокол, 1");
  for (let second = 0; second < 120; second += 5) {
    await tell(monitor);
    monitor.clock.advance(5 * SECOND_MS);
  }
  t.match(await channelOf(monitor, channelId), { failingSince: Number, failureCode: "recipient" });
  t.match(other.events, [{ event: "channel", title: "Не доходят сообщения: «Заявки»" }]);
  t.match(other.events[0]?.text, "получатель не принимает сообщения. 413");
  await monitor.report(over);
  broken.answer = { status: 200 };
  for (let minute = 0; minute < 30; minute++) {
    await tell(monitor);
    monitor.clock.advance(MINUTE_MS);
  }
  const toldOnce = ["closed Тверская, 12", "opened Арбат, 5", "opened Сокол, 1", "opened Тверская, 12"];
  t.same(eventsOf(broken).sort(), toldOnce);
  t.match(other.events.slice(1), [{ event: "channel_works" }]);
});

t.test("one that asks for an hour of patience is silent at once", async (t) => {
  const { monitor, receiver, channelId } = await startTold(t);
  receiver.answer = { status: 429, headers: { "retry-after": "3600" } };
  await tellLasting(monitor, "Тверская, 12");
  t.match(await channelOf(monitor, channelId), { failingSince: monitor.clock(), failureCode: "wait" });
  receiver.answer = { status: 200 };
  await pass(monitor, HOUR_MS - SECOND_MS);
  t.same(receiver.events, [], "it is left alone for as long as it asks");
  await pass(monitor, SECOND_MS);
  t.equal(receiver.events.length, 1);
});

t.test("what cannot be put together is told without details, and keeps nothing waiting", async (t) => {
  const logStream = new PassThrough();
  const { monitor, receiver } = await startTold(t, {}, { logStream });
  receiver.answer = { status: 500 };
  await tellLasting(monitor, "Тверская, 12", "Арбат, 5");
  await changeRows(monitor.db, "incident", { state: "nonsense" as "sync_error" }, { id: 1 });
  receiver.answer = { status: 200 };
  await pass(monitor, MINUTE_MS);
  t.match(receiver.events, [
    { event: "opened", title: "Инцидент № 1" },
    { event: "opened", title: "Арбат, 5: ошибка синхронизации" },
  ]);
  t.match(String(logStream.read()), "A message could not be put together");
});

t.test("many troubles one after another are ten messages and one about the rest", async (t) => {
  const { monitor, receiver } = await startTold(t);
  for (let index = 0; index < 40; index++) {
    const id = await monitor.addPosServer();
    await monitor.report(id);
    const error = `беда ${"абвгдежзиклмнопрстуфхцчшщъыьэюяabcdefghi"[index]}`;
    await monitor.report(id, { error, syncedAgoMs: 0 });
  }
  await pass(monitor, 10 * MINUTE_MS);
  const titles = receiver.events.map(({ title }) => title);
  t.equal(titles.length, 11);
  t.equal(titles.at(-1), "Инцидентов слишком много, чтобы писать о каждом");
  t.match(receiver.events.at(-1)?.text, "Сейчас открыто 40 инцидентов.");
  await pass(monitor, MINUTE_MS);
  t.equal(receiver.events.length, 11, "nobody is told again at once");
  await pass(monitor, 10 * MINUTE_MS);
  t.equal(receiver.events.length, 22, "what lasts is told when there is room");
});

t.test("what has left the outbox is kept for thirty days", async (t) => {
  const { monitor, db } = await startTold(t);
  await tellLasting(monitor, "Тверская, 12");
  monitor.clock.advance(30 * DAY_MS);
  t.match(await removeOldHistory(db, monitor.clock()), { deliveries: 0 });
  monitor.clock.advance(1);
  t.match(await removeOldHistory(db, monitor.clock()), { deliveries: 1 });
});
