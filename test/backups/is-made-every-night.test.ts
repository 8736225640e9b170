import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { backupName } from "../../src/monitor/backups/backup-names.ts";
import { backUpNightly } from "../../src/monitor/backups/plugin.ts";
import { KEY_FILE } from "../../src/monitor/secrets/secret-box.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { backUp, databaseIn, queryFile } from "../helpers/backups.ts";
import { damageTable } from "../helpers/damage.ts";
import { getPage, noticesOf, signedIn } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";
import { runJob } from "../helpers/run-job.ts";

async function passNights(monitor: TestMonitor, nights: number): Promise<void> {
  for (let night = 0; night < nights; night++) {
    monitor.clock.advance(DAY_MS);
    await runJob(monitor.app, "backup");
  }
}

const keep = ({ db }: TestMonitor, nights: number) =>
  addRow(db, "setting", { key: "nightlyBackups", value: String(nights) });
const backupsOf = ({ dataDir }: TestMonitor) => readdirSync(join(dataDir, "backups")).sort();

t.test("as many as the setting says are kept, of those of the night alone", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.addPosServer();
  await keep(monitor, 3);
  const byHand = await backUp(t, monitor.dataDir);
  await passNights(monitor, 2);
  t.equal(backupsOf(monitor).length, 3);
  await passNights(monitor, 3);
  const nightly = backupsOf(monitor).filter((name) => name.endsWith("-nightly.backup"));
  t.equal(nightly.length, 3);
  t.equal(backupsOf(monitor).length, 4);
  t.same(queryFile(byHand, "select count(*) from pos_server"), [1], "the one made by hand is still there");
  const newest = join(monitor.dataDir, "backups", nightly.at(-1) ?? "");
  t.same(queryFile(newest, "pragma integrity_check"), ["ok"]);
  t.match(nightly.at(-1), new Date(monitor.clock()).toISOString().slice(0, 10));
});

t.test("what a backup left that was ended in its midst is removed after a day", async (t) => {
  const monitor = await startMonitor(t);
  await passNights(monitor, 1);
  const part = join(monitor.dataDir, "backups", "poswatch-2026-11-24T02-47-00Z-nightly.backup.part");
  const leave = (path: string) => {
    writeFileSync(path, "");
    utimesSync(path, monitor.clock() / 1000, monitor.clock() / 1000);
  };
  for (const path of [part, `${part}-journal`, `${part}-of-somebody`]) leave(path);
  await backUpNightly(monitor.app.database.db, monitor.dataDir, monitor.clock() + 1_000);
  const parts = () => backupsOf(monitor).filter((name) => name.includes(".part"));
  t.equal(parts().length, 3, "it may still be made");
  await passNights(monitor, 2);
  t.same(parts(), ["poswatch-2026-11-24T02-47-00Z-nightly.backup.part-of-somebody"]);
});

t.test("a night that fails removes none of the backups that are whole", async (t) => {
  const monitor = await startMonitor(t);
  await keep(monitor, 1);
  await passNights(monitor, 1);
  const before = backupsOf(monitor);
  damageTable(databaseIn(monitor.dataDir), "state_change");
  await t.rejects(passNights(monitor, 1), /No backup is made\. .* is damaged/);
  t.same(backupsOf(monitor), before);
});

t.test("a clock that was ahead for some nights costs none that are made later", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  await keep(monitor, 2);
  const nights = (days: number[]) => days.map((day) => monitor.clock() + day * DAY_MS);
  for (const night of nights([365, 366, 1, 2])) await backUpNightly(db, monitor.dataDir, night);
  const later = nights([1, 2]).map((night) => backupName(night, "nightly"));
  t.same(backupsOf(monitor), later);
});

t.test("beside another key none is made, which nobody could restore", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.addPosServer();
  await passNights(monitor, 1);
  const before = backupsOf(monitor);
  writeFileSync(join(monitor.dataDir, KEY_FILE), randomBytes(32));
  await t.rejects(passNights(monitor, 1), /No backup is made\. secret\.key beside .* is another key/);
  t.same(backupsOf(monitor), before);
});

t.test("pages say that the last night made none, until one does", async (t) => {
  const monitor = await startMonitor(t);
  const notices = async () => noticesOf((await getPage(monitor.app, "/audit")).body);
  const file = join(monitor.dataDir, "backups");
  writeFileSync(file, "where the folder should be");
  await t.rejects(passNights(monitor, 1));
  t.match(await notices(), "Ночное резервное копирование не удалось");
  rmSync(file);
  await passNights(monitor, 1);
  t.equal(await notices(), "");
});

t.test("pages are answered while it is made", async (t) => {
  const monitor = await startMonitor(t);
  const administrator = await signedIn(monitor, { isAdministrator: true, organizations: "all" });
  let isMade = false;
  const making = backUpNightly(monitor.app.database.db, monitor.dataDir, monitor.clock()).then(() => {
    isMade = true;
  });
  t.equal((await administrator.get("/account")).statusCode, 200);
  t.notOk(isMade);
  await making;
});
