import t, { type Test } from "tap";
import { addLogRequest, MEGABYTE } from "../../helpers/log-archives.ts";
import { textOf } from "../../helpers/page.ts";
import { startResetScene } from "../../helpers/resets.ts";
import { readRow } from "../../helpers/rows.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const WITH_LOGS = { crmId: "100237", fetchLogs: "1", startService: "1" };

t.test("a person decides unless every log of the last day could be read", async (t) => {
  const { monitor, posServer, user, askForReset, work, runTo, rowOf, stepsOf } = await startResetScene(t);
  const [exchange, pos] = ["exchange.log", "pos.log"];
  const modifiedAt = new Date(monitor.clock() - 60_000).toISOString();
  for (const name of [exchange, pos])
    posServer.logs.set(name, { content: Buffer.from(`${name}\n`.repeat(500)), modifiedAt });
  /** @returns the id of a reset that a person has to decide about. */
  async function undecided(unreadable: string[], failureCode: string, says: RegExp): Promise<number> {
    posServer.unreadableLogs = new Set(unreadable);
    const id = await askForReset(WITH_LOGS);
    await runTo(id, "awaiting_decision", "awaiting_sync");
    await work();
    t.match(await rowOf(id), { step: "awaiting_decision", failureCode });
    t.same(posServer.resets, []);
    const page = await user.text(`/database-resets/${id}`);
    t.match(page, /Получены не все логи, ждём вашего решения/);
    t.match(page, says);
    t.match(await user.text("/audit"), says);
    return id;
  }
  const first = await undecided([exchange, pos], "logs_failed", /POS-сервер не отдал ни одного лога/);
  await user.post(`/database-resets/${first}/cancellation`);
  const says = /Часть логов получить не удалось: exchange\.log/;
  const id = await undecided([exchange], "logs_incomplete", says);
  t.equal((await rowOf(id)).failureDetail, exchange);
  await user.post(`/database-resets/${id}/continuation`);
  await runTo(id, "awaiting_sync");
  t.same(await stepsOf(id), ["fetching_logs", "awaiting_decision", "resetting", "awaiting_sync"]);
  t.match(await user.text(`/database-resets/${id}`), /Решено сбросить базу без недостающих логов/);
  monitor.clock.advance(10_000);
  await runTo(id, "done");

  posServer.logs.clear();
  await runTo(await askForReset(WITH_LOGS), "awaiting_sync", "awaiting_decision");
  t.equal(posServer.resets.length, 2, "without any logs there is nothing to decide");
});

/** A reset whose logs the POS server is just about to list. */
async function startFetching(t: Test) {
  const scene = await startResetScene(t);
  const { monitor, posServer, askForReset, rowOf } = scene;
  posServer.held.add("logs");
  const id = await askForReset(WITH_LOGS);
  await waitFor(() => posServer.requests.some((request) => request.startsWith("GET /v1/logs")));
  const logRequestId = (await rowOf(id)).logRequestId ?? 0;
  return {
    ...scene,
    id,
    logRequestId,
    logRequest: async () => await readRow(monitor.db, "logRequest", { id: logRequestId }),
  };
}

t.test("«Отменить сброс» while logs are fetched ends both, and nothing is reset", async (t) => {
  const { monitor, posServer, user, id, rowOf, stepsOf, work, logRequest } = await startFetching(t);
  const page = await user.text(`/database-resets/${id}`);
  t.match(page, /Получаем логи за последние сутки.*Закрыть Отменить сброс/);
  t.notMatch(page, /Продолжить без этих логов/);

  const answer = await user.post(`/database-resets/${id}/cancellation`);
  t.equal(answer.headers.location, `/database-resets/${id}`);
  await monitor.app.logRequests.idle();
  posServer.held.clear();
  await work();
  t.match(await rowOf(id), { step: "failed", failureCode: "cancelled" });
  t.same(await stepsOf(id), ["fetching_logs", "failed"]);
  t.match(await logRequest(), { status: "cancelled" });
  t.same(posServer.resets, []);

  const cancelled = await user.text(`/database-resets/${id}`);
  t.match(cancelled, /Сброс отменён База данных не тронута/);
  t.notMatch(cancelled, /Отменить сброс|Сброс не удался/);
  const audit = await user.text("/audit");
  t.match(audit, /Итог сброса БД.*Сброс отменён/);
  t.match(audit, /Отмена запроса логов/);
});

t.test("logs that were asked for before still come, and are joined unless their cap is lower", async (t) => {
  const { monitor, posServer, posServerId, user, askForReset, work, rowOf } = await startResetScene(t);
  for (const [megabytes, isJoined] of [
    [1, false],
    [100, true],
  ] as const) {
    const earlier = await addLogRequest(monitor, posServerId, { maxBytes: megabytes * MEGABYTE });
    monitor.clock.advance(1_000);
    const id = await askForReset(WITH_LOGS);
    await work();
    const { logRequestId } = await rowOf(id);
    t.ok(logRequestId);
    t.equal(logRequestId === earlier, isJoined, "joined");
    await user.post(`/database-resets/${id}/cancellation`);
    t.match(await rowOf(id), { step: "failed", failureCode: "cancelled" });
    const request = await readRow(monitor.db, "logRequest", { id: earlier });
    t.match(request, { status: "running", finishedAt: null });
  }
  t.same(posServer.resets, []);
});

t.test("one that comes too late changes nothing, and says so", async (t) => {
  const { posServer, user, askForReset, runTo, rowOf } = await startResetScene(t);
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  const answer = await user.post(`/database-resets/${id}/cancellation`);
  t.equal(answer.headers.location, `/database-resets/${id}?tooLate=1`);
  t.equal((await rowOf(id)).step, "awaiting_sync");
  t.equal(posServer.resets.length, 1);
  const page = await user.get(`/database-resets/${id}?tooLate=1`);
  t.match(textOf(page.body), /Отменить уже нельзя/);
  t.match(page.body, `hx-get="/database-resets/${id}?tooLate=1"`, "its refreshes say so too");
});
