import t from "tap";
import { recordedEvents } from "../../helpers/audit.ts";
import { SECOND_MS } from "../../helpers/clock.ts";
import { startResetScene } from "../../helpers/resets.ts";

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

t.test("it is asked every 5 s and not more often", async (t) => {
  const { monitor, posServer, askForReset, runTo, rowOf, work } = await startResetScene(t, {
    exchanges: false,
  });
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  const polls = () => posServer.requests.filter((request) => request.endsWith("/v1/status")).length;
  const before = polls();
  await work();
  t.equal(polls(), before, "not before 5 s are over");
  monitor.clock.advance(5 * SECOND_MS);
  await work();
  t.equal(polls(), before + 1);
  t.equal((await rowOf(id)).step, "awaiting_sync");
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
    t.equal((await rowOf(id)).step, "done");
  });
}

t.test("without an exchange within the time of the setting it fails and says so", async (t) => {
  const { monitor, posServer, askForReset, runTo, rowOf, user, work } = await startResetScene(t, {
    exchanges: false,
  });
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

t.test("one that is polled more often than it is followed comes to its end too", async (t) => {
  const { monitor, posServerId, askForReset, runTo } = await startResetScene(t);
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  monitor.clock.advance(10_000);
  await monitor.app.pollNow(posServerId);
  await runTo(id, "done");
});
