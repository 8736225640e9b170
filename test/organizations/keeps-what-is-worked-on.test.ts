import t, { type Test } from "tap";
import { signedIn, type TestBrowser, textOf } from "../helpers/page.ts";
import { finishRequest, queueRequest } from "../helpers/requests.ts";
import { type ResetScene, startResetScene } from "../helpers/resets.ts";

t.test("neither a POS server is deleted nor its organization archived while it is worked on", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServerId, askForReset, runTo } = scene;
  const admin = await signedIn(monitor, { isAdministrator: true });
  const id = await askForReset({ crmId: "100237" });
  await runTo(id, "awaiting_start");
  await isKept(t, scene, admin);

  await scene.user.post(`/pos-servers/${posServerId}/service-starts`);
  await runTo(id, "awaiting_sync");
  monitor.clock.advance(10_000);
  await runTo(id, "done");
  const archived = await admin.post("/organizations/1/archiving", { archived: "1" });
  t.equal(archived.statusCode, 303);
  t.equal((await admin.post("/organizations/1/archiving")).statusCode, 303);

  await monitor.db.deleteFrom("auditEvent").execute();
  await monitor.app.logRequests.stop();
  const logs = await queueRequest(monitor.db, posServerId, monitor.clock());
  await isKept(t, scene, admin);
  await finishRequest(monitor.db, logs, monitor.clock());
  const deleted = await admin.post(`/pos-servers/${posServerId}/deletion`, { name: "Тверская, 12" });
  t.equal(deleted.statusCode, 303);
});

async function isKept(t: Test, { monitor, posServerId }: ResetScene, admin: TestBrowser): Promise<void> {
  const deletion = await admin.post(`/pos-servers/${posServerId}/deletion`, { name: "Тверская, 12" });
  t.equal(deletion.statusCode, 409);
  t.match(textOf(deletion.body), /POS-сервер не удалён: .*Посмотреть, что идёт/);
  t.match(deletion.body, 'value="Тверская, 12"', "what was typed is kept");
  const archiving = await admin.post("/organizations/1/archiving", { archived: "1" });
  t.equal(archiving.statusCode, 409);
  t.match(textOf(archiving.body), /Организация не убрана в архив/);
  const row = await monitor.db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "organizationId")
    .select("archivedAt")
    .executeTakeFirst();
  t.same(row, { archivedAt: null });
  const events = await monitor.db.selectFrom("auditEvent").select("action").execute();
  t.notOk(events.some(({ action }) => ["pos_server_delete", "organization_archive"].includes(action)));
}
