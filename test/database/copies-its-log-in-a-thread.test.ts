import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type SQLite from "better-sqlite3";
import t from "tap";
import { checkpointInThread } from "../../src/monitor/database/checkpoints.ts";
import { DATABASE_FILE } from "../../src/monitor/database/file.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { startMonitor } from "../helpers/app.ts";
import { makeFolder } from "../helpers/folder.ts";
import { waitFor } from "../helpers/wait-for.ts";

const MEGABYTES = 1_000_000;

t.test("a thread copies the log of a large database into it, and lets it begin anew", async (t) => {
  const dataDir = makeFolder(t);
  const file = join(dataDir, DATABASE_FILE);
  const filled = openDatabase(file);
  fill(filled.sqlite, 20);
  filled.sqlite.close();

  const { app } = await startMonitor(t, { dataDir });
  const { sqlite } = app.database;
  const bytes = statSync(file).size;
  fill(sqlite, 70);
  // What is less than 16 MiB may wait.
  await waitFor(() => statSync(file).size > bytes + 50 * MEGABYTES);
  await waitFor(() => {
    fill(sqlite, 1);
    return logPages(sqlite) < 1_000;
  });
  await app.close();
  t.notOk(statSync(`${file}-wal`, { throwIfNoEntry: false }), "the last connection leaves no log");
  const again = openDatabase(file);
  t.equal(again.sqlite.pragma("quick_check", { simple: true }), "ok");
  const kept = again.sqlite.prepare("select sum(length(content)) from ballast").pluck().get();
  t.ok(Number(kept) > 90 * MEGABYTES);
  again.sqlite.close();
});

t.test("without its thread the connection copies the log itself", async (t) => {
  const file = join(makeFolder(t), DATABASE_FILE);
  const { sqlite } = openDatabase(file);
  const before = sqlite.pragma("wal_autocheckpoint", { simple: true });
  rmSync(file);
  const logged = Promise.withResolvers<unknown>();
  const stop = checkpointInThread(sqlite, { error: logged.resolve });
  t.not(sqlite.pragma("wal_autocheckpoint", { simple: true }), before);
  t.match(await logged.promise, { err: { code: "SQLITE_CANTOPEN" } });
  t.equal(sqlite.pragma("wal_autocheckpoint", { simple: true }), before);
  await stop();
  sqlite.close();
});

function fill(sqlite: SQLite.Database, megabytes: number): void {
  sqlite.exec("create table if not exists ballast (content blob)");
  const insert = sqlite.prepare("insert into ballast values (randomblob(?))");
  for (let made = 0; made < megabytes; made += 1) insert.run(MEGABYTES);
}

/** Since it began anew. */
function logPages(sqlite: SQLite.Database): number {
  const [{ log }] = sqlite.pragma("wal_checkpoint(NOOP)") as [{ log: number }];
  return log;
}
