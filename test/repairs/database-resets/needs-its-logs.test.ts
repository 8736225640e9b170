import t, { type Test } from "tap";
import { startResetScene } from "../../helpers/resets.ts";

const WITH_LOGS = { crmId: "100237", fetchLogs: "1", startService: "1" };

/** A POS server with two logs of the last day, some of which it cannot read; a reset of it that fetches them first. */
async function startWithLogs(t: Test, unreadable: string[]) {
  const scene = await startResetScene(t, { unreadableLogs: new Set(unreadable) });
  const { monitor, posServer, askForReset } = scene;
  const modifiedAt = new Date(monitor.clock() - 60_000).toISOString();
  for (const name of ["exchange.log", "pos.log"]) {
    posServer.logs.set(name, { content: Buffer.from(`${name}\n`.repeat(500)), modifiedAt });
  }
  const id = await askForReset(WITH_LOGS);
  return { ...scene, id };
}

t.test("with all of its logs there it goes on by itself", async (t) => {
  const { posServer, runTo, id } = await startWithLogs(t, []);
  await runTo(id, "awaiting_sync", "awaiting_decision");
  t.equal(posServer.resets.length, 1);
});

t.test("without a single log that could be read a person decides", async (t) => {
  const { posServer, user, work, runTo, rowOf, id } = await startWithLogs(t, ["exchange.log", "pos.log"]);
  await runTo(id, "awaiting_decision", "awaiting_sync");
  await work();
  t.match(await rowOf(id), { step: "awaiting_decision", failureCode: "logs_failed" });
  t.same(posServer.resets, []);
  const page = await user.text(`/database-resets/${id}`);
  t.match(page, /Получены не все логи, ждём вашего решения/);
  t.match(page, /Логи получить не удалось: POS-сервер не отдал ни одного лога/);
  t.match(await user.text("/audit"), /POS-сервер не отдал ни одного лога/);
});

t.test("so they do when one of them is missing, which is named", async (t) => {
  const { posServer, user, work, runTo, rowOf, stepsOf, id } = await startWithLogs(t, ["exchange.log"]);
  await runTo(id, "awaiting_decision", "awaiting_sync");
  await work();
  const { failureCode, failureDetail } = await rowOf(id);
  t.same([failureCode, failureDetail], ["logs_incomplete", "exchange.log"]);
  t.same(posServer.resets, []);
  const page = await user.text(`/database-resets/${id}`);
  t.match(page, /Часть логов получить не удалось: exchange\.log/);
  t.match(await user.text("/audit"), /Часть логов получить не удалось: exchange\.log/);

  await user.post(`/database-resets/${id}/continuation`);
  await runTo(id, "awaiting_sync");
  t.same(await stepsOf(id), ["fetching_logs", "awaiting_decision", "resetting", "awaiting_sync"]);
  t.match(await user.text(`/database-resets/${id}`), /Решено сбросить базу без недостающих логов/);
});

t.test("a POS server that has no logs of the last day keeps none from anybody", async (t) => {
  const { posServer, askForReset, runTo } = await startResetScene(t);
  await runTo(await askForReset(WITH_LOGS), "awaiting_sync", "awaiting_decision");
  t.equal(posServer.resets.length, 1);
});
