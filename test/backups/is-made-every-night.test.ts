import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { backupName } from "../../src/monitor/backups/backup-names.ts";
import { makeBackup } from "../../src/monitor/backups/make-backup.ts";
import { backUpNightly } from "../../src/monitor/backups/plugin.ts";
import { KEY_FILE } from "../../src/monitor/secrets/secret-box.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { databaseIn, queryFile } from "../helpers/backups.ts";
import { damageTable } from "../helpers/damage.ts";
import { getHtml, noticesOf } from "../helpers/page.ts";
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
  const { clock, dataDir } = monitor;
  await monitor.addPosServer();
  await keep(monitor, 2);
  const byHand = join(dataDir, "backups", backupName(clock(), "by hand"));
  await makeBackup({ dataDir, file: byHand, now: clock() });
  await passNights(monitor, 3);
  const nightly = backupsOf(monitor).filter((name) => name.endsWith("-nightly.backup"));
  const expected = [clock() - DAY_MS, clock()].map((night) => backupName(night, "nightly"));
  t.same(nightly, expected);
  t.equal(backupsOf(monitor).length, 3);
  t.same(queryFile(byHand, "select count(*) from pos_server"), [1], "the one made by hand is still there");
  const newest = join(dataDir, "backups", nightly.at(-1) ?? "");
  t.same(queryFile(newest, "pragma integrity_check"), ["ok"]);
});

t.test("what a backup left that was ended in its midst is removed after a day", async (t) => {
  const monitor = await startMonitor(t);
  const folder = join(monitor.dataDir, "backups");
  const part = join(folder, "poswatch-2026-11-24T02-47-00Z-nightly.backup.part");
  const at = monitor.clock() / 1000;
  mkdirSync(folder);
  for (const path of [part, `${part}-journal`, `${part}-of-somebody`]) {
    writeFileSync(path, "");
    utimesSync(path, at, at);
  }
  await passNights(monitor, 1);
  const parts = () => backupsOf(monitor).filter((name) => name.includes(".part"));
  t.equal(parts().length, 3, "it may still be made");
  await passNights(monitor, 1);
  t.same(parts(), ["poswatch-2026-11-24T02-47-00Z-nightly.backup.part-of-somebody"]);
});

t.test("a night that fails, or has another key, makes none and removes none that is whole", async (t) => {
  const monitor = await startMonitor(t);
  const { dataDir } = monitor;
  await monitor.addPosServer();
  await keep(monitor, 1);
  await passNights(monitor, 1);
  const before = backupsOf(monitor);
  const key = readFileSync(join(dataDir, KEY_FILE));
  writeFileSync(join(dataDir, KEY_FILE), randomBytes(32));
  await t.rejects(passNights(monitor, 1), /No backup is made\. secret\.key beside .* is another key/);
  writeFileSync(join(dataDir, KEY_FILE), key);
  damageTable(databaseIn(dataDir), "state_change");
  await t.rejects(passNights(monitor, 1), /No backup is made\. .* is damaged/);
  t.same(backupsOf(monitor), before);
});

t.test("a clock that was ahead for a night costs none that are made later", async (t) => {
  const monitor = await startMonitor(t);
  await keep(monitor, 2);
  const nights = (days: number[]) => days.map((day) => monitor.clock() + day * DAY_MS);
  for (const night of nights([365, 1, 2])) await backUpNightly(monitor.db, monitor.dataDir, night);
  const later = nights([1, 2]).map((night) => backupName(night, "nightly"));
  t.same(backupsOf(monitor), later);
});

t.test("pages are answered while it is made, and say when the last night made none", async (t) => {
  const monitor = await startMonitor(t);
  const notices = async () => noticesOf(await getHtml(monitor.app, "/audit"));
  const file = join(monitor.dataDir, "backups");
  writeFileSync(file, "where the folder should be");
  await t.rejects(passNights(monitor, 1));
  t.match(await notices(), "Ночное резервное копирование не удалось");
  rmSync(file);
  let isMade = false;
  const making = passNights(monitor, 1).then(() => {
    isMade = true;
  });
  t.match(await notices(), "Ночное");
  t.notOk(isMade);
  await making;
  t.equal(await notices(), "");
});
