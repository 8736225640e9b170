import { PassThrough } from "node:stream";
import t from "tap";
import { keepIncidents } from "../../../src/monitor/fleet/incidents/keep-incidents.ts";
import { listDue } from "../../../src/monitor/notifications/outbox/list-due.ts";
import { KINDS } from "../../../src/monitor/notifications/sending/open-channel.ts";
import { queueAllIncidents } from "../../../src/monitor/restaurants/queue-changes.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import { TERMS } from "../../helpers/channels.ts";
import {
  addChannel,
  addRule,
  type EventReceiver,
  eventsOf,
  pass,
  receiveEvents,
  receiveTold,
  startTold,
  tell,
  tellLasting,
} from "../../helpers/notifications.ts";
import { signedIn, startAdministered } from "../../helpers/page.ts";
import { changeRows, readRow } from "../../helpers/rows.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const ERROR = { error: "Нет места на диске", syncedAgoMs: 0 };

/** Channels by these receivers, called «Первый», «Второй», …; the first is told of everything. @returns their ids. */
async function addChannels(monitor: TestMonitor, receivers: readonly EventReceiver[]): Promise<number[]> {
  const ids: number[] = [];
  for (const [index, { channel }] of receivers.entries())
    ids.push(await addChannel(monitor, { ...channel, name: ["Первый", "Второй", "Третий"][index] ?? "" }));
  await addRule(monitor, ids[0] ?? 0);
  return ids;
}

t.test("a rule that cannot decide keeps no other from telling, and decides again in an hour", async (t) => {
  const logStream = new PassThrough();
  const monitor = await startMonitor(t, { logStream });
  const odd = await receiveTold(t, monitor, { quietHours: { from: 60, to: 120 } });
  const sound = await receiveTold(t, monitor);
  const moveTo = (timeZone: string) => changeRows(monitor.db, "channel", { timeZone }, { id: 1 });
  await moveTo("Mars/Olympus");
  await tellLasting(monitor, "Тверская", "Арбат");
  t.same(eventsOf(sound), ["opened Тверская", "opened Арбат"]);
  t.same(eventsOf(odd), []);
  t.match(String(logStream.read()), /"incidentId":1,"ruleId":1,.*could not decide/);
  await moveTo("Europe/Moscow");
  await pass(monitor, HOUR_MS - 1);
  t.same(eventsOf(odd), [], "not before");
  await pass(monitor, 1);
  t.same(eventsOf(odd), ["opened Тверская", "opened Арбат"]);
});

t.test("what was queued is sent, though nothing more can be decided", async (t) => {
  const { monitor, db, receiver } = await startTold(t);
  receiver.answer = { status: 500 };
  await tellLasting(monitor, "Тверская");
  const full = "before delete on incident_change begin select raise(abort, 'full'); end";
  monitor.app.database.sqlite.exec(`create trigger full ${full}`);
  await queueAllIncidents(db);
  receiver.answer = { status: 200 };
  monitor.clock.advance(MINUTE_MS);
  await t.rejects(monitor.app.notifications.tick(), /full/);
  await monitor.app.notifications.idle();
  t.same(eventsOf(receiver), ["opened Тверская"]);
});

t.test("what breaks its receiver lets others pass, and is tried for as long as it matters", async (t) => {
  const { monitor, db, receiver, channelId } = await startTold(t);
  receiver.refusal = 500;
  receiver.refuses = ({ title }) => title.startsWith("Тверская");
  await tellLasting(monitor, "Тверская", "Арбат", "Ленина");
  for (let minute = 0; minute < 5; minute++) await pass(monitor, MINUTE_MS);
  t.same(eventsOf(receiver), ["opened Арбат", "opened Ленина"]);
  receiver.refuses = () => false;
  await pass(monitor, HOUR_MS);
  t.same(eventsOf(receiver).slice(2), ["opened Тверская"]);
  t.match(await readRow(db, "channel", { id: channelId }), { failedTries: 0 });
});

t.test("what is refused now and then is not given up at once", async (t) => {
  const { monitor, receiver } = await startTold(t);
  receiver.refuses = ({ title }) => title.startsWith("Тверская");
  for (const name of ["Тверская", "Арбат"]) await tellLasting(monitor, name);
  receiver.refuses = () => false;
  await pass(monitor, MINUTE_MS);
  t.same(eventsOf(receiver), ["opened Арбат", "opened Тверская"]);
});

t.test("a fault in handing over is a refusal: others pass, and it is said", async (t) => {
  const createSend = () => {
    throw new Error("a fault of the program");
  };
  t.intercept(KINDS.email, "createSend", { value: createSend });
  const logStream = new PassThrough();
  const monitor = await startMonitor(t, { logStream });
  const other = await receiveEvents(t);
  await addRule(monitor, await addChannel(monitor, TERMS.email));
  await addChannel(monitor, { ...other.channel, name: "Вебхук" });
  await tellLasting(monitor, "Тверская");
  await pass(monitor, 2 * MINUTE_MS);
  t.same(eventsOf(other), ["channel Не доходят сообщения"]);
  t.match(String(logStream.read()), "could not be handed over");
});

t.test("channels that work come before those that do not", async (t) => {
  const monitor = await startMonitor(t);
  const receivers = [await receiveEvents(t), await receiveEvents(t)];
  const [first = 0, second = 0] = await addChannels(monitor, receivers);
  await addRule(monitor, second);
  for (const receiver of receivers) receiver.answer = { status: 500 };
  await tellLasting(monitor, "Тверская");
  const { db } = monitor;
  const idsOfDue = async () => (await listDue(db, monitor.clock())).map(({ channelId }) => channelId);
  monitor.clock.advance(MINUTE_MS);
  t.same(await idsOfDue(), [first, second]);
  await changeRows(db, "channel", { failedTries: 0 }, { id: second });
  t.same(await idsOfDue(), [second, first]);
});

t.test("of what came back before anybody heard of its end nobody hears twice", async (t) => {
  const { monitor, receiver } = await startTold(t);
  receiver.answer = { status: 500 };
  const id = await tellLasting(monitor, "Тверская");
  for (let round = 0; round < 3; round++) {
    await monitor.report(id);
    await pass(monitor, MINUTE_MS);
    await monitor.report(id, ERROR);
    await pass(monitor, 10 * MINUTE_MS);
  }
  receiver.answer = { status: 200 };
  await pass(monitor, HOUR_MS);
  t.same(eventsOf(receiver), ["opened Тверская"]);
  await monitor.report(id);
  monitor.clock.advance(HOUR_MS);
  await keepIncidents(monitor.db, monitor.clock());
  await tell(monitor);
  t.same(eventsOf(receiver), ["opened Тверская", "closed Тверская"]);
});

t.test("who is silent is told once, though the clock was ahead when that began", async (t) => {
  const monitor = await startMonitor(t);
  const [silent, other] = [await receiveEvents(t), await receiveEvents(t)];
  const [, otherId = 0] = await addChannels(monitor, [silent, other]);
  await addRule(monitor, otherId);
  for (const receiver of [silent, other]) receiver.answer = { status: 401 };
  await tellLasting(monitor, "Тверская");
  await changeRows(monitor.db, "channel", { failingSince: monitor.clock() + HOUR_MS });
  other.answer = { status: 200 };
  let isDone = false;
  void pass(monitor, MINUTE_MS).then(() => {
    isDone = true;
  });
  await waitFor(() => isDone || other.events.length > 2);
  t.same(eventsOf(other), ["opened Тверская", "channel Не доходят сообщения"]);
});

t.test("who failed when it was tried is told to be silent when something waits for it", async (t) => {
  const monitor = await startMonitor(t);
  const [silent, other] = [await receiveEvents(t), await receiveEvents(t)];
  const [silentId = 0] = await addChannels(monitor, [silent, other]);
  silent.answer = { status: 401 };
  await monitor.app.notifications.sendTest(silentId);
  await tell(monitor);
  t.same(eventsOf(other), [], "whoever has tried it knows");
  await tellLasting(monitor, "Тверская");
  t.same(eventsOf(other), ["channel Не доходят сообщения"]);
});

t.test("what one channel cannot tell of a silent one, another does", async (t) => {
  for (const happen of ["off", "refuses"] as const) {
    const monitor = await startMonitor(t);
    const [silent, second, third] = [await receiveEvents(t), await receiveEvents(t), await receiveEvents(t)];
    const [, secondId = 0] = await addChannels(monitor, [silent, second, third]);
    silent.answer = { status: 401 };
    if (happen === "refuses") second.refuses = ({ event }) => event === "channel";
    else second.answer = { status: 500 };
    await tellLasting(monitor, "Тверская");
    if (happen === "off") await changeRows(monitor.db, "channel", { isEnabled: 0 }, { id: secondId });
    for (let minute = 0; minute < 5; minute++) {
      monitor.clock.advance(SECOND_MS);
      if (happen === "refuses") await monitor.app.notifications.sendTest(secondId);
      await pass(monitor, MINUTE_MS);
    }
    t.same(eventsOf(third), ["channel Не доходят сообщения"], happen);
  }
});

t.test("what is refused is not given up for what got through by a clock that was ahead", async (t) => {
  const { monitor, receiver, channelId } = await startTold(t);
  await changeRows(monitor.db, "channel", { deliveredAt: monitor.clock() + DAY_MS }, { id: channelId });
  receiver.answer = { status: 413 };
  await tellLasting(monitor, "Тверская");
  for (let minute = 0; minute < 30; minute++) await pass(monitor, MINUTE_MS);
  receiver.answer = { status: 200 };
  await pass(monitor, HOUR_MS);
  t.same(eventsOf(receiver), ["opened Тверская"]);
});

t.test("what is over for a day is given up; what somebody was told, or still fails, never is", async (t) => {
  const { monitor, receiver } = await startTold(t);
  const told = await tellLasting(monitor, "Ленина");
  receiver.answer = { status: 500 };
  const untold = await tellLasting(monitor, "Тверская", "Арбат");
  for (const over of [told, untold]) await monitor.report(over);
  await tell(monitor);
  monitor.clock.advance(DAY_MS + MINUTE_MS);
  await monitor.app.notifications.dropStale();
  receiver.answer = { status: 200 };
  await tell(monitor);
  t.same(eventsOf(receiver).sort(), ["closed Ленина", "opened Арбат", "opened Ленина"]);
});

t.test("what waited while its receiver might not see it is told when they may again", async (t) => {
  const { monitor, admin: administrator } = await startAdministered(t);
  const organizationId = await monitor.addOrganization();
  const { userId } = await signedIn(monitor, { organizations: [organizationId] });
  const receiver = await receiveTold(t, monitor, { repeatMs: HOUR_MS }, { userId });
  const give = (organization: string[]) =>
    administrator.post(`/users/${userId}/rights`, { step: "save", organization });
  receiver.answer = { status: 500 };
  const id = await monitor.addPosServer({ name: "Тверская", organizationId });
  await monitor.report(id);
  await monitor.report(id, ERROR);
  await pass(monitor, 10 * MINUTE_MS);
  await give([]);
  receiver.answer = { status: 200 };
  await pass(monitor, MINUTE_MS);
  t.same(eventsOf(receiver), []);
  await give([String(organizationId)]);
  await tell(monitor);
  t.same(eventsOf(receiver), ["reopened Тверская"]);
  receiver.answer = { status: 500 };
  await pass(monitor, HOUR_MS);
  await give([]);
  receiver.answer = { status: 200 };
  await pass(monitor, MINUTE_MS);
  await give([String(organizationId)]);
  await tell(monitor);
  t.same(eventsOf(receiver), ["reopened Тверская"], "but no more than once");
});
