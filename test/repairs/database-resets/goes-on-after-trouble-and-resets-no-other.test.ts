import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../../src/monitor/database/open.ts";
import { MINUTE_MS } from "../../../src/protocol/time-units.ts";
import { makeFolder } from "../../helpers/folder.ts";
import { textOf } from "../../helpers/page.ts";
import { queueReset, type ResetScene, startResetScene } from "../../helpers/resets.ts";
import { changeRows } from "../../helpers/rows.ts";
import { waitFor } from "../../helpers/wait-for.ts";

t.test("a lost answer is asked for again with the same key, however much it tells", async (t) => {
  const movedFiles = Array.from({ length: 1_100 }, (_, index) => ({
    name: `${index}.db`,
    bytes: Number.MAX_SAFE_INTEGER,
  }));
  const scene = await startResetScene(t, { answersToLose: 3, movedFiles });
  const { monitor, posServer, askForReset, runTo, rowOf } = scene;
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  t.equal(posServer.resets.length, 1, "it is reset once");
  t.equal((await rowOf(id)).movedBytes, Number.MAX_SAFE_INTEGER);
  monitor.clock.advance(10_000);
  await runTo(id, "done");
});

t.test("a busy POS server is asked again until it is free, for ten minutes", async (t) => {
  const scene = await startResetScene(t, { refusal: { status: 409, error: "busy" } });
  const { monitor, posServer, askForReset, runTo, rowOf, user } = scene;
  const untilBusy = (id: number) => waitFor(async () => (await rowOf(id)).failureCode === "busy");
  const first = await askForReset();
  const failing = runTo(first, "failed");
  await untilBusy(first);
  t.match(await user.text(`/database-resets/${first}`), /POS-сервер занят другой командой/);
  monitor.clock.advance(10 * MINUTE_MS);
  await failing;
  t.equal((await rowOf(first)).failureCode, "busy");
  t.match(await user.text(`/database-resets/${first}`), /База данных не тронута/);

  const id = await askForReset();
  const work = runTo(id, "awaiting_sync");
  await untilBusy(id);
  t.same(posServer.resets, []);
  posServer.refusal = null;
  await work;
  t.equal(posServer.resets.length, 1);
  t.equal((await rowOf(id)).failureCode, null);
});

t.test("other refusals end it, and say that nothing was done", async (t) => {
  const scene = await startResetScene(t);
  for (const [status, code, says] of [
    [404, "outdated_agent", /Агент устарел, обновите его/],
    [409, "refused", /отказался выполнять команду.*База данных не тронута/],
  ] as const) {
    scene.posServer.refusal = { status, error: "wrong_pos_server" };
    const id = await scene.askForReset();
    await scene.runTo(id, "failed");
    t.equal((await scene.rowOf(id)).failureCode, code);
    t.match(await scene.user.text(`/database-resets/${id}`), says);
  }
});

t.test("what the POS server says of a failure is shown with what to do", async (t) => {
  const resetError = { error: "stop_timeout", message: "still running\u202e after 60 s", isMoved: false };
  const { askForReset, runTo, rowOf, user } = await startResetScene(t, { resetError });
  const id = await askForReset();
  await runTo(id, "failed");
  t.match(await rowOf(id), { failureCode: "stop_timeout", resetAt: null, movedBytes: 0 });
  const page = await user.text(`/database-resets/${id}`);
  t.match(page, /Служба не остановилась вовремя: still running⟨U\+202E⟩ after 60 s/);
  t.match(page, /База данных не тронута\. Остановите службу/);
});

t.test("one that is silent for ten minutes after it was told leaves it open what happened", async (t) => {
  const { monitor, posServer, askForReset, runTo, rowOf, user } = await startResetScene(t, { isSlow: true });
  const id = await askForReset();
  const work = runTo(id, "failed");
  while ((await rowOf(id)).commandStep !== "stopping_service") await new Promise(setImmediate);
  posServer.isUnreachable = true;
  while ((await rowOf(id)).failureCode === null) await new Promise(setImmediate);
  monitor.clock.advance(10 * MINUTE_MS);
  await work;
  t.equal((await rowOf(id)).failureCode, "outcome_unknown");
  const page = await user.text(`/database-resets/${id}`);
  t.match(page, /База данных могла быть перенесена в резерв, а могла остаться на месте/);
});

t.test("closing the monitor does not wait for a POS server that hangs, and lets the reset go", async (t) => {
  const dataDir = makeFolder(t);
  const { monitor, posServer, askForReset } = await startResetScene(t, {}, { dataDir });
  posServer.held.add("database-resets");
  const id = await askForReset();
  const isAsked = () => posServer.requests.some((request) => request.includes("/v1/database-resets/"));
  await waitFor(isAsked);
  const begunAt = performance.now();
  await monitor.app.close();
  t.ok(performance.now() - begunAt < 9_000, "before the call would give up");

  const { db } = openDatabase(join(dataDir, DATABASE_FILE));
  const row = await db.selectFrom("databaseReset").selectAll().where("id", "=", id).executeTakeFirst();
  await db.destroy();
  t.match(row, { step: "resetting", finishedAt: null, claimedBy: null });
});

t.test("a token that cannot be read refuses a reset, and ends one that is not begun", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServer, posServerId, user, work, rowOf } = scene;
  const sealedToken = Buffer.alloc(60, 1);
  await changeRows(monitor.db, "posServer", { sealedToken });
  const form = { crmId: "100237", startService: "1" };
  const refused = await user.post(`/pos-servers/${posServerId}/database-resets`, form);
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), /Сброс не начат\. POS-сервер не принял токен/);

  const id = await queueReset(scene);
  await work();
  const failureDetail = /cannot be read with the key/;
  t.match(await rowOf(id), { step: "failed", failureCode: "unauthorized", failureDetail });
  t.same(posServer.resets, []);
});

const ANOTHER = "0b5f6f0c-4d0e-4f0e-9f51-7a9d1f1f0001";

t.test("a POS server that was paired anew before it was told is not reset", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServer, askForReset, runTo, rowOf } = scene;
  const id = await askForReset({ crmId: "100237", startService: "1", fetchLogs: "1" });
  await scene.work();
  await waitFor(async () => (await rowOf(id)).logRequestId !== null);
  await monitor.app.logRequests.stop();
  await pairWithAnother(scene);
  await changeRows(monitor.db, "logRequest", { status: "done", finishedAt: monitor.clock() });
  await runTo(id, "failed");
  t.match(await rowOf(id), { failureCode: "wrong_pos_server", begunAt: null });
  t.same(posServer.resets, [], "nothing was sent");
});

t.test("a reset is for the machine that was shown, and for no other", async (t) => {
  const scene = await startResetScene(t, { machine: "shown" });
  const { monitor, posServer, posServerId, askForReset, runTo, rowOf, user, work } = scene;
  await monitor.app.pollNow(posServerId);
  const dialog = await user.html(`/pos-servers/${posServerId}/database-resets/new`);
  t.match(dialog, '<input type="hidden" name="agent" value="shown">');
  const form = { crmId: "100237", startService: "1", agent: "shown" };

  posServer.machine = "another";
  const refused = await user.post(`/pos-servers/${posServerId}/database-resets`, form);
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), /Агент отвечает с другого компьютера/);
  t.match(refused.body, 'name="agent" value="another"', "which is shown now");

  posServer.machine = "shown";
  const id = await askForReset({ ...form, fetchLogs: "1" } as typeof form);
  t.equal((await rowOf(id)).agentMachine, "shown");
  await work();
  await waitFor(async () => (await rowOf(id)).logRequestId !== null);
  posServer.machine = "another";
  await runTo(id, "failed");
  t.match(await rowOf(id), { failureCode: "other_agent", begunAt: null });
  t.same(posServer.resets, [], "nothing was sent");
  t.match(await user.text(`/database-resets/${id}`), /Проверьте, тот ли это компьютер/);
});

t.test("one that was paired anew while it was reset leaves it open what happened", async (t) => {
  const scene = await startResetScene(t, { isSlow: true });
  const { posServer, askForReset, runTo, rowOf, user } = scene;
  const id = await askForReset();
  const work = runTo(id, "failed");
  await waitFor(async () => (await rowOf(id)).commandStep === "stopping_service");
  await pairWithAnother(scene);
  await work;
  t.equal((await rowOf(id)).failureCode, "outcome_unknown");
  t.equal(posServer.resets.length, 1, "the other one is left alone");
  t.match(await user.text(`/database-resets/${id}`), /База данных могла быть перенесена в резерв/);
});

async function pairWithAnother({ monitor, posServer, posServerId }: ResetScene): Promise<void> {
  posServer.identity = ANOTHER;
  await changeRows(monitor.db, "posServer", { identity: ANOTHER }, { id: posServerId });
}
