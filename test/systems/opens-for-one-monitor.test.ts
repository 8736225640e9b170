import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { lockDataFolder } from "../../src/monitor/database/lock.ts";
import { openDatabase, openForReading } from "../../src/monitor/database/open.ts";
import { startMonitor } from "../helpers/app.ts";
import { damageTable } from "../helpers/damage.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { startPoswatch } from "../helpers/program.ts";

t.test("a second monitor over one data folder is refused; commands run beside the first", async (t) => {
  const dataDir = makeFolder(t);
  const first = await startMonitorProcess(t, dataDir);
  const second = startPoswatch(t, ["serve"], { env: { DATA_DIR: dataDir, PORT: "0" } });
  t.equal(await second.ended, 1);
  const inUse = `The data folder ${dataDir} is in use by another Poswatch (process ${first.child.pid} on`;
  t.match(second.output(), inUse);
  t.notMatch(second.output(), /^\s+at /m, "without a stack");
  t.equal((await fetch(`${first.url}/readyz`)).status, 200, "the first one goes on");
  const list = startPoswatch(t, ["user", "list"], { env: { DATA_DIR: dataDir } });
  t.equal(await list.ended, 0);
  t.match(list.output(), "test-administrator");
});

t.test("a monitor that was killed locks nobody out, whoever has its number now", async (t) => {
  const dataDir = makeFolder(t);
  const killed = await startMonitorProcess(t, dataDir);
  await killed.end("SIGKILL");
  t.ok(existsSync(join(dataDir, "monitor.pid")), "its name is still there");
  writeFileSync(join(dataDir, "monitor.pid"), `process ${process.pid} on here, since now\n`);
  const next = await startMonitorProcess(t, dataDir);
  t.equal(await next.end(), 0);
  t.notOk(existsSync(join(dataDir, "monitor.pid")));
});

t.test("the lock is let go by whoever took it, and holds within one process too", async (t) => {
  const dataDir = makeFolder(t);
  const release = lockDataFolder(dataDir);
  t.throws(() => lockDataFolder(dataDir), /is in use by another Poswatch/);
  release();
  lockDataFolder(dataDir)();
});

t.test("a database with one damaged page does not start, and says once what to do", async (t) => {
  const dataDir = makeFolder(t);
  const monitor = await startMonitorProcess(t, dataDir);
  await monitor.end();
  damageTable(join(dataDir, DATABASE_FILE), "audit_event");

  const { db } = openDatabase(join(dataDir, DATABASE_FILE));
  await db.destroy();
  const again = startPoswatch(t, ["serve"], { env: { DATA_DIR: dataDir, PORT: "0" } });
  t.equal(await again.ended, 1);
  t.match(
    again.output(),
    /^The database .*poswatch\.db is damaged \(.+\)\. Stop Poswatch and put back the newest backup: (?:npm run restore --|poswatch restore) FILE.*\n$/,
  );
});

t.test("a transaction of a second connection sees one state while the first one writes", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.addOrganization();
  const db = openForReading(join(monitor.dataDir, DATABASE_FILE));
  const names = (reader: typeof db) => reader.selectFrom("organization").select("name").execute();
  await db.transaction().execute(async (trx) => {
    const before = await names(trx);
    await monitor.addOrganization();
    t.same(await names(trx), before);
  });
  t.equal((await names(db)).length, 2);
  await t.rejects(db.deleteFrom("organization").execute(), /readonly/);
  await db.destroy();
});
