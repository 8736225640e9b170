import t from "tap";
import { requestServiceStart } from "../../src/monitor/repairs/service-starts/request-service-start.ts";
import { getText, signedIn } from "../helpers/page.ts";
import { queueReset, type ResetScene, startResetScene } from "../helpers/resets.ts";
import { type ResettablePosServer, startResettablePosServer } from "../helpers/resettable-pos-server.ts";
import { readRow } from "../helpers/rows.ts";
import { waitFor } from "../helpers/wait-for.ts";

const RIGHT_LOST = /У того, кто это запустил, больше нет права на этот POS-сервер/;
const OTHER_IDENTITY = "0d3c5f1e-70e4-4f4e-9a3b-6a1d2f8c9b01";

/** Ways to lose the right to a POS server. */
const LOSSES = {
  "is blocked": async ({ monitor, user }: ResetScene) => {
    const administrator = await signedIn(monitor, { isAdministrator: true });
    await administrator.post(`/users/${user.userId}/blocking`, { blocked: "yes" });
  },
  "lost the organization": async ({ monitor, user }: ResetScene) => {
    const administrator = await signedIn(monitor, { isAdministrator: true });
    await administrator.post(`/users/${user.userId}/rights`, { step: "save" });
  },
  "is removed": async ({ monitor: { app }, user }: ResetScene) => {
    await app.database.db.deleteFrom("user").where("id", "=", user.userId).execute();
  },
};

async function queueStart({ monitor: { app, clock }, posServerId: id, user }: ResetScene) {
  const posServer = { id, name: "Тверская, 12", organizationId: 1 };
  const actor = { userId: user.userId, login: "anna", name: "Анна Иванова", address: "10.0.0.7" };
  const requested = await requestServiceStart(app.database.db, actor, posServer, clock());
  return "id" in requested ? requested.id : 0;
}

async function startOf({ monitor }: ResetScene, id: number) {
  return await readRow(monitor.db, "serviceStart", { id });
}

async function asksFor({ requests }: ResettablePosServer, resource: string): Promise<void> {
  await waitFor(() => requests.some((request) => request.startsWith(`GET /v1/${resource}`)));
}

for (const [loss, lose] of Object.entries(LOSSES)) {
  t.test(`nothing is done for one who ${loss} before it is begun`, async (t) => {
    const scene = await startResetScene(t, { service: "stopped" });
    const { monitor, posServer, rowOf, work } = scene;
    const start = await queueStart(scene);
    const reset = await queueReset(scene);
    await lose(scene);
    await work();
    t.match(await rowOf(reset), { step: "failed", failureCode: "right_lost", begunAt: null });
    t.match(await startOf(scene, start), { status: "failed", failureCode: "right_lost", startedAt: null });
    t.same(posServer.requests, [], "it is not even asked how it is");
    const page = await getText(monitor.app, `/database-resets/${reset}`);
    t.match(page, RIGHT_LOST);
    t.match(page, /База данных не тронута: сброс остановлен/);
    t.match(await getText(monitor.app, `/service-starts/${start}`), RIGHT_LOST);
    t.equal((await getText(monitor.app, "/audit")).split(RIGHT_LOST).length, 3, "twice");
  });
}

t.test("nor when the POS server was about to be told", async (t) => {
  const scene = await startResetScene(t, { service: "stopped" });
  const { monitor, posServer, rowOf, runTo } = scene;
  for (const resource of ["database-resets", "service-starts"]) posServer.held.add(resource);
  const start = await queueStart(scene);
  const reset = await queueReset(scene);
  monitor.app.serviceStarts.wake();
  monitor.app.databaseResets.wake();
  for (const resource of posServer.held) await asksFor(posServer, resource);
  await LOSSES["is blocked"](scene);
  posServer.held.clear();
  await runTo(reset, "failed", "awaiting_sync");
  await waitFor(async () => (await startOf(scene, start)).finishedAt !== null);
  t.match(await rowOf(reset), { step: "failed", failureCode: "right_lost" });
  t.match(await startOf(scene, start), { status: "failed", failureCode: "right_lost" });
  t.same([...posServer.resets, ...posServer.starts], []);
});

t.test("a reset that fetches logs first ends when the right goes meanwhile", async (t) => {
  const scene = await startResetScene(t);
  const { posServer, askForReset, rowOf, runTo, stepsOf } = scene;
  posServer.held.add("logs");
  const id = await askForReset({ crmId: "100237", fetchLogs: "1", startService: "1" });
  await asksFor(posServer, "logs");
  await LOSSES["is blocked"](scene);
  posServer.held.clear();
  await runTo(id, "failed", "awaiting_sync");
  t.match(await rowOf(id), { step: "failed", failureCode: "right_lost" });
  t.same(await stepsOf(id), ["fetching_logs", "failed"]);
  t.same(posServer.resets, []);
});

t.test("what the POS server has begun is followed to its end all the same", async (t) => {
  const scene = await startResetScene(t, { isSlow: true });
  const { posServer, askForReset, runTo, rowOf } = scene;
  const id = await askForReset();
  await waitFor(() => posServer.resets.length === 1);
  await LOSSES["is blocked"](scene);
  posServer.isSlow = false;
  await runTo(id, "awaiting_sync", "failed");
  t.match(await rowOf(id), { step: "awaiting_sync", movedBytes: 222_298_136 });
});

t.test("of many resets at once only those go on to which the right is left", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServer, user, rowOf, runTo, work } = scene;
  const organizationId = await monitor.addOrganization("ООО «Причал»", "100238");
  const changes = { identity: OTHER_IDENTITY, crmId: "100238" };
  const other = await startResettablePosServer(t, monitor.clock, changes);
  const { address, identity } = other;
  const posServerId = await monitor.addPosServer({ organizationId, name: "Лесная, 3", address, identity });
  const left = await queueReset(scene);
  const lost = await queueReset(scene, { posServerId, identity, organizationId });
  t.equal((await user.get(`/pos-servers/${posServerId}`)).statusCode, 404);
  await work();
  await runTo(left, "awaiting_sync");
  t.match(await rowOf(lost), { step: "failed", failureCode: "right_lost" });
  t.equal(posServer.resets.length, 1);
  t.same(other.requests, []);
});

t.test("what no user has asked for stays possible", async (t) => {
  const scene = await startResetScene(t);
  const id = await queueReset(scene, { by: null });
  await scene.runTo(id, "awaiting_sync");
  t.equal(scene.posServer.resets.length, 1);
});
