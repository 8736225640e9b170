import { join } from "node:path";
import t from "tap";
import { makeBackup } from "../../src/monitor/backups/make-backup.ts";
import { readBackup, restoreBackup } from "../../src/monitor/backups/restore-backup.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { makeFolder } from "../helpers/folder.ts";
import { openBrowser, PASSWORD, signedIn, textOf } from "../helpers/page.ts";
import { startResetScene } from "../helpers/resets.ts";

const OWNER = { userId: null, login: "cli", name: null, address: "cli" };

t.test("nothing that is queued or asked for reaches a POS server while the old monitor runs", async (t) => {
  const old = await startResetScene(t);
  await signedIn(old.monitor, { login: "root", isAdministrator: true, organizations: "all" });
  const id = await old.askForReset();
  await old.work();
  const { resets } = old.posServer;
  t.equal(resets.length, 1, "the old monitor is in the middle of it");
  const dataDir = makeFolder(t);
  const file = join(dataDir, "b.backup");
  await makeBackup({ dataDir: old.monitor.dataDir, file, now: old.monitor.clock() });
  const backup = await readBackup(file, dataDir);
  await restoreBackup(backup, dataDir, OWNER, old.monitor.clock());

  const { app } = await startMonitor(t, { dataDir, clock: old.monitor.clock });
  const { db } = app.database;
  const administrator = openBrowser(app);
  t.equal((await administrator.post("/login", { login: "root", password: PASSWORD })).statusCode, 303);
  const runAll = async () => {
    for (const runner of [app.databaseResets, app.serviceStarts]) {
      await runner.tick();
      await runner.idle();
    }
  };
  await runAll();
  const ended = { id, step: "failed", failureCode: "restored" };
  t.match(await db.selectFrom("databaseReset").selectAll().execute(), [ended]);

  const url = `/pos-servers/${old.posServerId}`;
  const form = { crmId: "100237", startService: "1" };
  const refusal = await administrator.post(`${url}/database-resets`, form);
  t.match(textOf(refusal.body), /Сброс не начат\. Poswatch восстановлен из резервной копии/);
  const refusedStart = await administrator.post(`${url}/service-starts`);
  t.match(textOf(refusedStart.body), /Сначала системный администратор должен подтвердить/);
  t.equal(resets.length, 1, "the POS server is not touched");

  t.match((await administrator.get("/pos-servers")).body, /action="\/restored-copy\/confirmations"/);
  t.equal((await administrator.post("/restored-copy/confirmations")).statusCode, 303);
  t.notMatch((await administrator.get("/pos-servers")).body, /restored-copy/);
  await administrator.post("/restored-copy/confirmations");
  t.equal((await recordedEvents(db, "backup_restore_confirm")).length, 1, "and is recorded once");
  t.equal((await recordedEvents(db, "backup_restore")).length, 1);

  await runAll();
  t.equal(resets.length, 1, "what was queued stays ended");
  t.equal((await administrator.post(`${url}/database-resets`, form)).statusCode, 303);
  await runAll();
  t.equal(resets.length, 2, "what is asked for now is done");
});

t.test("only administrators are asked, and others cannot say it", async (t) => {
  const monitor = await startMonitor(t);
  const restoredAt = { key: "restoredAt", value: String(monitor.clock()) };
  await monitor.db.insertInto("setting").values(restoredAt).execute();
  const user = await signedIn(monitor, { organizations: "all" });
  t.notMatch((await user.get("/pos-servers")).body, /restored-copy/);
  t.equal((await user.post("/restored-copy/confirmations")).statusCode, 404);
  const administrator = await signedIn(monitor, { isAdministrator: true, organizations: "all" });
  t.match((await administrator.get("/pos-servers")).body, /restored-copy/);
  await administrator.post("/settings", { field: "minimumVersion", minimumVersion: "34" });
  t.match((await administrator.get("/pos-servers")).body, /restored-copy/, "settings leave it alone");
});
