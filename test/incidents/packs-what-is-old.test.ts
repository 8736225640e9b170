import t from "tap";
import { packOldHistory } from "../../src/monitor/pack-old-history.ts";
import { deletePosServer } from "../../src/monitor/registry/pos-servers.ts";
import { removeOldHistory } from "../../src/monitor/remove-old-history.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { DAY_MS, MINUTE_MS } from "../helpers/clock.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { addLasting, receiveTold, tell } from "../helpers/notifications.ts";
import { getPage, getText } from "../helpers/page.ts";
import { moveTo } from "../helpers/registry.ts";

/** Fails, has another error, falls silent, answers, recovers, fails again and recovers. */
async function addStory(monitor: TestMonitor): Promise<number> {
  const [id = 0] = await addExchanging(monitor, 1);
  const steps = [
    () => monitor.report(id, { error: "Ошибка А", syncedAgoMs: 0 }),
    () => monitor.report(id, { error: "Нет места на диске", syncedAgoMs: 2 * MINUTE_MS }),
    () => monitor.fail(id, "connect_timeout", "connect ETIMEDOUT 10.8.3.1:8443"),
    () => monitor.report(id, { error: "Нет места на диске", syncedAgoMs: 6 * MINUTE_MS }),
    () => monitor.report(id),
    () => monitor.report(id, { error: "Нет места на диске", syncedAgoMs: 0 }),
    () => monitor.report(id),
  ];
  for (const step of steps) {
    await step();
    monitor.clock.advance(2 * MINUTE_MS);
  }
  return id;
}

const count = async ({ db }: TestMonitor, table: "incident" | "incidentEvent" | "stateChange") =>
  (await db.selectFrom(table).selectAll().execute()).length;

t.test("an incident that is packed shows what it did, and nobody sees more of it than before", async (t) => {
  let access: "all" | number[] = "all";
  const monitor = await startMonitor(t, { access: () => access });
  await addStory(monitor);
  monitor.clock.advance(31 * DAY_MS);
  const before = await getText(monitor.app, "/incidents/1");
  t.match(before, "Снова сбой");
  t.match(await packOldHistory(monitor.db, monitor.clock()), { incidents: 1 });
  t.same([await count(monitor, "incident"), await count(monitor, "incidentEvent")], [0, 0]);
  t.equal(await getText(monitor.app, "/incidents/1"), before);
  t.equal(await count(monitor, "incident"), 0, "it is packed still");
  t.equal((await getPage(monitor.app, "/incidents/2")).statusCode, 404);
  access = [];
  t.equal((await getPage(monitor.app, "/incidents/1")).statusCode, 404);
});

t.test("a POS server that was moved or deleted since is told of as it is now", async (t) => {
  const monitor = await startMonitor(t);
  const id = await addStory(monitor);
  monitor.clock.advance(31 * DAY_MS);
  await packOldHistory(monitor.db, monitor.clock());
  await moveTo(monitor, id, await monitor.addOrganization("Пекарня"));
  t.match(await getText(monitor.app, "/incidents/1"), "Пекарня");
  await deletePosServer(monitor.db, { id, name: "Тверская, 1" }, monitor.clock());
  const gone = await getText(monitor.app, "/incidents/1");
  t.match(gone, "Тверская, 1");
  t.notMatch(gone, "Открыть POS-сервер");
});

t.test("neighbours wait for the last that is open, new, or not yet told of", async (t) => {
  const monitor = await startMonitor(t);
  const receiver = await receiveTold(t, monitor);
  await addStory(monitor);
  const lasting = await addLasting(monitor, "Арбат, 5");
  await tell(monitor);
  monitor.clock.advance(40 * DAY_MS);
  const pack = async () => await packOldHistory(monitor.db, monitor.clock());
  t.match(await pack(), { incidents: 0 }, "one is open");
  receiver.answer = { status: 500 };
  await monitor.report(lasting);
  await tell(monitor);
  t.match(await pack(), { incidents: 0 }, "it is new");
  monitor.clock.advance(31 * DAY_MS + 1);
  t.match(await pack(), { incidents: 0 }, "nobody knows of its end");
  receiver.answer = { status: 200 };
  await tell(monitor);
  t.match(await pack(), { incidents: 2 });
  monitor.clock.advance(333 * DAY_MS);
  t.match(await removeOldHistory(monitor.db, monitor.clock()), { packs: 0 });
  monitor.clock.advance(2 * DAY_MS);
  t.match(await removeOldHistory(monitor.db, monitor.clock()), { packs: 1 });
});

t.test("the history of a POS server goes on into what is packed", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const [id = 0] = await addExchanging(monitor, 1);
  for (let times = 0; times < 40; times++) {
    await monitor.report(id, { error: `Ошибка ${times}`, syncedAgoMs: 0 });
    monitor.clock.advance(MINUTE_MS);
    await monitor.report(id);
    monitor.clock.advance(MINUTE_MS);
  }
  await monitor.report(id, { error: "Нет места на диске", syncedAgoMs: 0 });
  monitor.clock.advance(MINUTE_MS);
  await monitor.fail(id);
  monitor.clock.advance(31 * DAY_MS);
  const pages = async () => ({
    few: await getText(monitor.app, `/pos-servers/${id}?history=20`),
    all: await getText(monitor.app, `/pos-servers/${id}?history=500`),
  });
  const before = await pages();
  t.match(before.all, "Ошибка 0");
  t.match(await packOldHistory(db, monitor.clock()), { changes: 81 });
  const left = await db.selectFrom("stateChange").select("state").orderBy("id").execute();
  t.same(
    left.map(({ state }) => state),
    ["synced", "sync_error", "unreachable"],
    "the trouble that lasts keeps its beginning",
  );
  t.same(await pages(), before);
  t.match(await packOldHistory(db, monitor.clock()), { changes: 0 });
});

t.test(
  "what a repair has ended stays, since it says what helps; what passed by itself is packed",
  async (t) => {
    const monitor = await startMonitor(t);
    const { db, clock } = monitor;
    const [repaired = 0, other = 0] = await addExchanging(monitor, 2);
    for (const id of [repaired, other]) await monitor.report(id, { error: "Ошибка", syncedAgoMs: 0 });
    clock.advance(MINUTE_MS);
    const at = clock();
    await db
      .insertInto("serviceStart")
      .values({
        ...{ posServerId: repaired, idempotencyKey: "1", requestedAt: at, userLogin: "a", userAddress: "b" },
        ...{
          status: "done",
          startedAt: at,
          finishedAt: at,
          exchange: "restored",
          syncedAt: at + 12_000,
          runsAt: at,
        },
      })
      .execute();
    clock.advance(MINUTE_MS);
    for (const id of [repaired, other]) await monitor.report(id);
    clock.advance(31 * DAY_MS + 1);
    t.match(await packOldHistory(db, clock()), { incidents: 1 });
    t.match(await packOldHistory(db, clock()), { incidents: 0 });
    t.equal(await count(monitor, "incident"), 1);
    await monitor.report(other, { error: "Ошибка", syncedAgoMs: 0 });
    const known = `24.11 «Тверская, 1»: запуск службы, обмен вернулся за 12`;
    t.match(await getText(monitor.app, `/pos-servers/${other}`), `Так уже было ${known}`);
    await deletePosServer(db, { id: repaired, name: "Тверская, 1" }, clock());
    t.match(await packOldHistory(db, clock()), { incidents: 0 }, "its pack was made without it");
    t.match(await getText(monitor.app, "/incidents/1"), "Тверская, 1");
  },
);
