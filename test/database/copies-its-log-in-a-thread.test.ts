import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type SQLite from "better-sqlite3";
import t, { type Test } from "tap";
import { checkpointInThread } from "../../src/monitor/database/checkpoints.ts";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { startMonitor } from "../helpers/app.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startPoswatch } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const MEGABYTE = 1_000_000;
/** More than the thread leaves in the log. */
const MUCH = 20;

t.test("a thread copies the log of a large database into it, and lets it begin anew", async (t) => {
  const { dataDir, file } = makeLargeDatabase(t);
  const { app } = await startMonitor(t, { dataDir });
  const { sqlite } = app.database;
  // Less than the connection waits for before it copies by itself.
  fill(sqlite, MUCH);
  const { log: written } = logOf(sqlite);
  await waitFor(() => {
    const { log, checkpointed } = logOf(sqlite);
    return checkpointed === log || log < written;
  });
  fill(sqlite, 1);
  t.ok(logOf(sqlite).log < written, "the next write begins it anew");
  const made = rowsOf(sqlite);
  await app.close();
  t.notOk(statSync(`${file}-wal`, { throwIfNoEntry: false }), "the last connection leaves no log");
  const again = openDatabase(file);
  t.equal(again.sqlite.pragma("quick_check", { simple: true }), "ok");
  t.same(rowsOf(again.sqlite), made);
  again.sqlite.close();
});

t.test("without its thread the connection copies the log itself", async (t) => {
  const file = join(makeFolder(t), DATABASE_FILE);
  const { sqlite } = openDatabase(file);
  const before = sqlite.pragma("wal_autocheckpoint", { simple: true });
  rmSync(file);
  const logged: unknown[] = [];
  const stop = checkpointInThread(sqlite, { error: (about: unknown) => logged.push(about) });
  t.not(sqlite.pragma("wal_autocheckpoint", { simple: true }), before);
  await waitFor(() => logged.length > 0);
  t.match(logged, [{ err: { code: "SQLITE_CANTOPEN" } }]);
  t.equal(sqlite.pragma("wal_autocheckpoint", { simple: true }), before);
  await stop();
  sqlite.close();
});

t.test("a start over a large database that fails ends", async (t) => {
  const { dataDir, file } = makeLargeDatabase(t);
  const { sqlite } = openDatabase(file);
  sqlite.exec("create table kysely_migration as select '0001-fleet' as name");
  sqlite.close();
  const start = startPoswatch(t, ["serve"], { env: { DATA_DIR: dataDir, PORT: "0" } });
  t.equal(await start.ended, 1);
  t.match(start.output(), "was made by a Poswatch from before version 1.0");
});

function makeLargeDatabase(t: Test) {
  const dataDir = makeFolder(t);
  const file = join(dataDir, DATABASE_FILE);
  const { sqlite } = openDatabase(file);
  fill(sqlite, MUCH);
  sqlite.close();
  return { dataDir, file };
}

function fill(sqlite: SQLite.Database, megabytes: number): void {
  sqlite.exec("create table if not exists ballast (content blob)");
  const insert = sqlite.prepare("insert into ballast values (zeroblob(?))");
  // At once: a thread that begins in the middle would leave the rest.
  sqlite.transaction(() => {
    for (let made = 0; made < megabytes; made += 1) insert.run(MEGABYTE);
  })();
}

function rowsOf(sqlite: SQLite.Database): unknown[] {
  return sqlite.prepare("select count(*) as number, sum(length(content)) as bytes from ballast").all();
}

/** In pages, since it began anew. */
function logOf(sqlite: SQLite.Database): { log: number; checkpointed: number } {
  const [state] = sqlite.pragma("wal_checkpoint(NOOP)") as [{ log: number; checkpointed: number }];
  return state;
}
