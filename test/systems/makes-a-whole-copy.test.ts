import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { backUp, databaseIn, queryFile, runCommand } from "../helpers/backups.ts";
import { damageTable } from "../helpers/damage.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";
import { registerPlain } from "../helpers/register.ts";

/** A data folder with a POS server. */
async function makeRegistered(t: Test): Promise<string> {
  const dataDir = makeFolder(t);
  await registerPlain(t, dataDir, `http://127.0.0.1:${NOBODYS_PORT}`);
  return dataDir;
}

const LAST_ROW = 100_000;

t.test("while the monitor runs and its database is written all the time, every copy is whole", async (t) => {
  const dataDir = await makeRegistered(t);
  await startMonitorProcess(t, dataDir);
  const { db, sqlite } = openDatabase(databaseIn(dataDir));
  t.teardown(() => db.destroy());
  sqlite.exec(`insert into monitor_run (id, started_at, seen_at)
    with recursive numbers(n) as (select 1001 union all select n + 1 from numbers where n < ${LAST_ROW})
    select n, n, 0 from numbers`);
  let written = 0;
  const writing = setInterval(() => {
    written++;
    // Two numbers that are equal at every moment, far apart in the file.
    sqlite.exec(`begin;
      update monitor_run set seen_at = ${written} where id in (1001, ${LAST_ROW});
      insert into audit_event (at, user_login, address, action, result) values (0, 'x', 'y', 'sign_in', 'done');
      commit`);
  }, 2);
  t.teardown(() => clearInterval(writing));

  for (let count = 0; count < 3; count++) {
    const before = written;
    const file = await backUp(t, dataDir, join(dataDir, `${count}.backup`));
    t.ok(written > before, "it was written meanwhile");
    t.same(queryFile(file, "pragma integrity_check"), ["ok"]);
    const [first, last] = queryFile(file, `select seen_at from monitor_run where id in (1001, ${LAST_ROW})`);
    t.equal(first, last);
  }
});

t.test("a backup holds the key, and nothing by which anybody could come in", async (t) => {
  const dataDir = await makeRegistered(t);
  const monitor = await startMonitorProcess(t, dataDir);
  const invitation = { userId: 1, tokenHash: Buffer.from("the hash of a link"), expiresAt: 1 };
  await withDatabase(dataDir, (db) => db.insertInto("invitation").values(invitation).execute());
  t.match(await monitor.page("/account"), "Test Administrator", "somebody is signed in");

  const file = await backUp(t, dataDir);
  t.equal(dirname(file), join(dataDir, "backups"));
  t.same(readdirSync(dirname(file)).length, 1, "one file, and no rest beside it");
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(statSync(dirname(file)).mode & 0o777, 0o700);
  t.same(queryFile(file, "select key from backup"), [readFileSync(join(dataDir, "secret.key"))]);
  t.same(queryFile(file, "select count(*) from pos_server"), [1]);
  for (const table of ["session", "invitation"]) {
    t.same(queryFile(file, `select count(*) from ${table}`), [0], table);
  }
  t.notOk(readFileSync(file).includes("the hash of a link"), "not even in a free page");
});

t.test("it goes where it is told, and replaces nothing", async (t) => {
  const dataDir = await makeRegistered(t);
  const folder = join(dataDir, "elsewhere");
  mkdirSync(folder);
  t.equal(dirname(await backUp(t, dataDir, folder)), folder);
  const named = join(folder, "new", "mine.backup");
  t.equal(await backUp(t, dataDir, named), named);
  const refused = await runCommand(t, "backup", dataDir, named);
  t.match(refused, { code: 1, output: /mine\.backup is there already/ });
  for (const missing of ["mounted", "mounted.d/"]) {
    const { code, output } = await runCommand(t, "backup", dataDir, join(folder, missing));
    t.equal(code, 1, missing);
    t.match(output, /^There is no folder \S+mounted(\.d\/)?: make it, or mount what it is on/);
  }
  t.same(readdirSync(folder).length, 2, "and nothing was made");
  t.match(await runCommand(t, "backup", makeFolder(t)), { code: 1, output: /^There is no database in / });
});

t.test("of a damaged database there is no backup, and the message says what to do", async (t) => {
  const dataDir = await makeRegistered(t);
  damageTable(databaseIn(dataDir), "state_change");
  const file = join(dataDir, "backups", "mine.backup");
  t.match(await runCommand(t, "backup", dataDir, file), {
    code: 1,
    output: /^No backup is made\. The database .*poswatch\.db is damaged .*(?:npm run|poswatch) restore/,
  });
  t.same(readdirSync(dirname(file)), []);
  t.notOk(existsSync(file));
});
