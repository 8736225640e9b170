import t, { type Test } from "tap";
import { DAY_MS } from "../../../src/protocol/time-units.ts";
import { getText, textOf } from "../../helpers/page.ts";
import { type ResetScene, startResetScene } from "../../helpers/resets.ts";
import { changeRows, readRow } from "../../helpers/rows.ts";

const WITHOUT_START = { crmId: "100237" };
const WITH_LOGS = { crmId: "100237", fetchLogs: "1", startService: "1" };

async function endLogs({ monitor }: ResetScene, status: "done" | "failed" | "cancelled"): Promise<void> {
  await monitor.app.logRequests.stop();
  const failure = status === "failed" ? { failureCode: "disk_full", failureDetail: "12 KB free" } : {};
  await changeRows(monitor.db, "logRequest", { status, finishedAt: monitor.clock(), ...failure });
}

/** A reset whose logs have come to nothing: it asks whether to go on without them. */
async function startUndecided(t: Test, status: "failed" | "cancelled") {
  const scene = await startResetScene(t);
  const { monitor, posServer, user, work, runTo, rowOf } = scene;
  await monitor.app.logRequests.stop();
  const id = await scene.askForReset(WITH_LOGS);
  await work();
  await endLogs(scene, status);
  await runTo(id, "awaiting_decision");
  await work();
  t.match(await rowOf(id), { step: "awaiting_decision", failureCode: "logs_failed", finishedAt: null });
  t.same(posServer.resets, [], "nothing happens before somebody decides");
  const page = await user.text(`/database-resets/${id}`);
  t.notMatch(page, /disk_full|cancelled/, "no code is shown to people");
  t.match(page, /База данных не тронута\. Можно сбросить её без недостающих логов или отменить сброс/);
  t.match(page, /Отменить сброс Продолжить без этих логов/);
  return { ...scene, id };
}

t.test("logs are fetched first, and the reset goes on when they are there", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServer, askForReset, work, runTo, rowOf } = scene;
  await monitor.app.logRequests.stop();
  const id = await askForReset(WITH_LOGS);
  await work();
  const { logRequestId } = await rowOf(id);
  const request = await readRow(monitor.db, "logRequest", { id: logRequestId ?? 0 });
  t.match(request, { userName: "Анна Иванова", fromAt: monitor.clock() - DAY_MS, toAt: monitor.clock() });
  await work();
  t.equal((await rowOf(id)).step, "fetching_logs", "it waits");
  t.same(posServer.resets, []);
  await endLogs(scene, "done");
  await runTo(id, "awaiting_sync");
  t.equal(posServer.resets.length, 1);
});

t.test("«Продолжить без этих логов» goes on, once", async (t) => {
  const { monitor, posServer, runTo, user, stepsOf, id } = await startUndecided(t, "failed");
  const answer = await user.post(`/database-resets/${id}/continuation`);
  t.equal(answer.headers.location, `/database-resets/${id}`);
  await runTo(id, "awaiting_sync");
  await user.post(`/database-resets/${id}/continuation`);
  await user.post(`/database-resets/${id}/cancellation`);
  t.equal(posServer.resets.length, 1);
  t.same(await stepsOf(id), ["fetching_logs", "awaiting_decision", "resetting", "awaiting_sync"]);
  monitor.clock.advance(10_000);
  await runTo(id, "done");
});

t.test("«Отменить сброс» ends it, and the next one can begin", async (t) => {
  const { posServer, rowOf, user, askForReset, work, id } = await startUndecided(t, "cancelled");
  await user.post(`/database-resets/${id}/cancellation`);
  t.match(await rowOf(id), { step: "failed", failureCode: "cancelled" });
  await work();
  t.same(posServer.resets, []);
  t.match(await user.text("/audit"), /Итог сброса БД.*Сброс отменён/);
  t.ok(await askForReset(WITHOUT_START));
});

t.test("without a decision it gives up after a day", async (t) => {
  const { monitor, posServer, work, runTo, rowOf, id } = await startUndecided(t, "failed");
  monitor.clock.advance(DAY_MS - 1);
  await work();
  t.equal((await rowOf(id)).step, "awaiting_decision");
  monitor.clock.advance(1);
  await runTo(id, "failed");
  t.equal((await rowOf(id)).failureCode, "no_decision");
  t.same(posServer.resets, []);
});

t.test("with the service left stopped the button starts it, and the exchange is waited for", async (t) => {
  const { monitor, posServer, posServerId, askForReset, runTo, work, user, stepsOf } =
    await startResetScene(t);
  const id = await askForReset(WITHOUT_START);
  await runTo(id, "awaiting_start");
  monitor.clock.advance(60_000);
  await work();
  const page = await user.text(`/database-resets/${id}`);
  t.match(page, /База в резерве, служба остановлена/);
  t.match(page, /Запустить службу/);
  t.same(posServer.starts, []);
  const service = { name: "iikoCard5POS", state: "stopped", startedAt: null } as const;
  await monitor.report(posServerId, { service });
  const card = async () =>
    /<div class="todo">[\s\S]*?<\/section>/.exec(await user.html(`/pos-servers/${posServerId}`))?.[0] ?? "";
  t.match(textOf(await card()), /Запустите службу.* Запустить службу Сброс БД: служба остановлена/);
  t.match(await card(), /button-primary" data-dialog href="[^"]*\/service-starts\/new"/);

  const answer = await user.post(`/pos-servers/${posServerId}/service-starts`);
  t.equal(answer.headers.location, `/database-resets/${id}`);
  await runTo(id, "awaiting_sync");
  t.equal(posServer.starts.length, 1);
  await monitor.report(posServerId, { error: "ошибка 17" });
  t.match(textOf(await card()), /^Что делать Идёт сброс базы данных: дождитесь его итога\. Сброс БД: ждём/);
  monitor.clock.advance(10_000);
  await runTo(id, "done");
  t.same(await stepsOf(id), ["resetting", "awaiting_start", "starting", "awaiting_sync", "done"]);
});

t.test("a start that fails leads back to the button, also when the service stops again", async (t) => {
  const startError = { error: "start_failed", message: "Access is denied" };
  const scene = await startResetScene(t, { startError, exchanges: false });
  const { monitor, posServer, posServerId, askForReset, runTo, work, user } = scene;
  const startService = () => user.post(`/pos-servers/${posServerId}/service-starts`);
  const failed = /Службу не удалось запустить: Access is denied.*Запустить службу/;
  const id = await askForReset(WITHOUT_START);
  await runTo(id, "awaiting_start");
  await startService();
  await runTo(id, "awaiting_start");
  t.match(await user.text(`/database-resets/${id}`), failed);
  posServer.startError = null;
  await startService();
  await runTo(id, "awaiting_sync");
  t.equal(posServer.starts.length, 2, "another key");

  Object.assign(posServer, { service: "stopped", startError });
  monitor.clock.advance(10_000);
  await monitor.app.pollNow(posServerId);
  t.notMatch(await user.text(`/database-resets/${id}`), failed);
  await startService();
  await work();
  t.match(await user.text(`/database-resets/${id}`), failed);
});

t.test("a service that somebody started by hand is noticed", async (t) => {
  const { monitor, posServer, posServerId, askForReset, runTo, rowOf, work, stepsOf, user } =
    await startResetScene(t);
  const id = await askForReset(WITHOUT_START);
  await runTo(id, "awaiting_start");
  t.match(await user.html(`/database-resets/${id}`), 'action="/pos-servers/');
  Object.assign(posServer, {
    service: "running",
    databaseCreatedAt: monitor.clock() + 20_000,
    lastSuccessAt: monitor.clock() + 40_000,
    syncError: null,
  });
  await work();
  t.equal((await rowOf(id)).step, "awaiting_start", "not before a poll tells");
  monitor.clock.advance(60_000);
  await monitor.app.pollNow(posServerId);
  const page = await user.html(`/database-resets/${id}`);
  t.notMatch(page, 'action="/pos-servers/', "there is nothing to start any more");
  await runTo(id, "awaiting_sync");
  monitor.clock.advance(10_000);
  await runTo(id, "done");
  t.same(await stepsOf(id), ["resetting", "awaiting_start", "awaiting_sync", "done"]);
});

t.test("a service that nobody starts for a day ends it", async (t) => {
  const { monitor, askForReset, runTo, rowOf } = await startResetScene(t);
  const id = await askForReset(WITHOUT_START);
  await runTo(id, "awaiting_start");
  monitor.clock.advance(DAY_MS);
  await runTo(id, "failed");
  t.equal((await rowOf(id)).failureCode, "not_started");
  const page = await getText(monitor.app, `/database-resets/${id}`);
  t.match(page, /за сутки службу никто не запустил.*Запустить службу/);
});
