import t, { type Test } from "tap";
import { MINUTE_MS, SECOND_MS } from "../../../src/protocol/time-units.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { type ResetScene, startResetScene } from "../../helpers/resets.ts";
import { changeRows } from "../../helpers/rows.ts";

t.test("the POS server is reset once, an exchange ends the reset, and the audit log says so", async (t) => {
  const { monitor, posServer, askForReset, runTo, rowOf, stepsOf, user } = await startResetScene(t);
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  t.equal(posServer.resets.length, 1);
  const moved = await rowOf(id);
  t.equal(moved.resetAt, monitor.clock());
  t.equal(moved.movedBytes, 222_298_136);

  monitor.clock.advance(48 * SECOND_MS);
  await runTo(id, "done");
  const done = await rowOf(id);
  t.equal(done.finishedAt, monitor.clock());
  t.equal(done.failureCode, null);
  t.same(await stepsOf(id), ["resetting", "awaiting_sync", "done"]);

  const page = await user.text(`/database-resets/${id}`);
  t.match(page, /Обмен восстановлен за/);
  t.match(page, /Прежняя база в резерве на POS-сервере: 2 файла, 212 МБ. Хранится 14 дней/);

  const events = await recordedEvents(
    monitor.db,
    ...(["database_reset", "database_reset_step", "database_reset_end"] as const),
  );
  const wanted = [
    { key: "crmId", values: { crmId: "100237" } },
    { key: "noLogs", values: {} },
    { key: "startAfter", values: {} },
  ];
  const common = { userName: "Анна Иванова", subject: "Тверская, 12", result: "done" };
  t.match(events, [
    { ...common, action: "database_reset", detail: wanted },
    {
      ...common,
      action: "database_reset_step",
      detail: [{ key: "resetStep", values: { step: "awaiting_sync" } }],
    },
    {
      ...common,
      action: "database_reset_end",
      detail: [{ key: "exchangeRestored", values: { seconds: Number } }],
    },
  ]);
  const audit = await user.text("/audit");
  t.match(audit, /CrmId: 100237; без логов; затем запустить службу/);
  t.match(audit, /Служба запущена, ждём первого обмена/);
  t.match(audit, /Обмен восстановлен за \d+ с/);
});

for (const clockAheadMs of [-3_600_000, 3_600_000]) {
  t.test(`a clock that is ${clockAheadMs} ms ahead changes nothing`, async (t) => {
    const { monitor, askForReset, runTo, rowOf } = await startResetScene(t, { clockAheadMs });
    const id = await askForReset();
    await runTo(id, "awaiting_sync");
    const { resetAt } = await rowOf(id);
    t.ok(Math.abs((resetAt ?? 0) - monitor.clock()) < 10, "moved to the monitor's clock");
    monitor.clock.advance(20 * SECOND_MS);
    await runTo(id, "done");
  });
}

t.test("without an exchange within the time of the setting it fails and says so", async (t) => {
  const scene = await startResetScene(t, { exchanges: false });
  const { monitor, posServer, askForReset, runTo, rowOf, user, work } = scene;
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  posServer.syncError = "главный сервер не отвечает";
  monitor.clock.advance(15 * 60 * SECOND_MS - SECOND_MS);
  await work();
  t.equal((await rowOf(id)).step, "awaiting_sync");
  monitor.clock.advance(6 * SECOND_MS);
  await runTo(id, "failed");
  t.match(await rowOf(id), { failureCode: "no_exchange", failureDetail: "главный сервер не отвечает" });
  const page = await user.text(`/database-resets/${id}`);
  t.match(page, /обмен за отведённое время не восстановился: главный сервер не отвечает/);
  t.match(page, /Получите логи POS-сервера/);
});

/** Shorter than a session without a click. */
const SET_BACK_MS = 8 * 60 * MINUTE_MS;

/** Sets the monitor's clock back by eight hours; that of the POS server goes on. */
function setBack({ monitor, posServer }: ResetScene): void {
  monitor.clock.advance(-SET_BACK_MS);
  posServer.clockAheadMs += SET_BACK_MS;
}

/** A reset that waits for its exchange, which has been followed for a while. */
async function startFollowed(t: Test) {
  const scene = await startResetScene(t, { exchanges: false });
  const id = await scene.askForReset();
  await scene.runTo(id, "awaiting_sync");
  for (let minute = 0; minute < 3; minute++) {
    scene.monitor.clock.advance(MINUTE_MS);
    await scene.work();
  }
  return { scene, id };
}

for (const [what, awayMs, isLookedAt] of [
  ["a moment", 5_000, true],
  ["half an hour", 30 * MINUTE_MS, false],
] as const) {
  t.test(`an exchange proves it ${what} after the clock was set back`, async (t) => {
    const { scene, id } = await startFollowed(t);
    const { monitor, posServer, work, rowOf } = scene;
    setBack(scene);
    monitor.clock.advance(awayMs);
    if (isLookedAt) {
      await work();
      t.equal((await rowOf(id)).step, "awaiting_sync");
    }
    Object.assign(posServer, { lastSuccessAt: monitor.clock() + posServer.clockAheadMs, syncError: null });
    await work();
    monitor.clock.advance(10_000);
    await scene.runTo(id, "done");
  });
}

for (const isNewMonitor of [false, true]) {
  const who = isNewMonitor ? "another monitor" : "the monitor";
  t.test(`it does so when the clock was set back before ${who} was told what was done`, async (t) => {
    const scene = await startResetScene(t, { isSlow: true });
    const { monitor, posServer, rowOf } = scene;
    const id = await scene.askForReset();
    const work = scene.runTo(id, "awaiting_sync");
    while ((await rowOf(id)).commandStep !== "stopping_service") await new Promise(setImmediate);
    setBack(scene);
    Object.assign(posServer, { answersToLose: 1_000, isSlow: false });
    while (posServer.syncError !== null) await new Promise(setImmediate);
    monitor.clock.advance(MINUTE_MS);
    if (isNewMonitor) monitor.app.databaseResets.interrupt(id);
    posServer.answersToLose = 0;
    await work;
    monitor.clock.advance(10_000);
    await scene.runTo(id, "done");
  });
}

t.test("without one it ends when its time is over, not hours later", async (t) => {
  const { scene, id } = await startFollowed(t);
  setBack(scene);
  await scene.work();
  scene.monitor.clock.advance(60 * MINUTE_MS);
  await scene.work();
  const { step, failureCode } = await scene.rowOf(id);
  t.same([step, failureCode], ["failed", "no_exchange"]);
});

t.test("what a report said before it proves nothing", async (t) => {
  const { scene, id } = await startFollowed(t);
  const { monitor, posServer, work, rowOf } = scene;
  const now = monitor.clock();
  const exchanged = { state: "synced", lastUpdateAt: now, lastSyncAt: now, syncError: null } as const;
  const database = { databaseExists: 1, databaseCreatedAt: now - MINUTE_MS };
  await changeRows(monitor.db, "posStatus", { ...exchanged, ...database });
  setBack(scene);
  posServer.isUnreachable = true;
  await work();
  monitor.clock.advance(5_000);
  await work();
  t.equal((await rowOf(id)).step, "awaiting_sync");
});

t.test("what waits for the start of the service sees that it runs", async (t) => {
  const scene = await startResetScene(t, { exchanges: false });
  const id = await scene.askForReset({ crmId: "100237" });
  await scene.runTo(id, "awaiting_start");
  setBack(scene);
  await scene.work();
  scene.posServer.service = "running";
  scene.monitor.clock.advance(MINUTE_MS);
  await scene.monitor.app.pollNow(scene.posServerId);
  await scene.work();
  t.equal((await scene.rowOf(id)).step, "awaiting_sync");
});
