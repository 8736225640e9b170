import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import SQLite from "better-sqlite3";
import t, { type Test } from "tap";
import { sealedSecrets } from "../../src/monitor/database/data-folder.ts";
import { startMonitor } from "../helpers/app.ts";
import { databaseIn } from "../helpers/backups.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { addChannel, receiveEvents } from "../helpers/notifications.ts";
import { NOBODYS_PORT, startPoswatch } from "../helpers/program.ts";
import { registerPlain } from "../helpers/register.ts";

const ADDRESS = `http://127.0.0.1:${NOBODYS_PORT}`;

/** What the monitor, and the command that adds a POS server, say instead of starting. */
async function refusals(t: Test, dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const programs = [
    startPoswatch(t, ["serve"], {
      env: { DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "silent", ...env },
    }),
    startPoswatch(t, ["register", "--crm-id", "100237", "--name", "Second", "--http", "http://127.0.0.1:2"], {
      env: { DATA_DIR: dataDir, ...env },
      input: "another-token\n",
    }),
  ];
  for (const program of programs) t.equal(await program.ended, 1);
  return programs.map((program) => program.output());
}

t.test("without its key, or with another, a monitor with tokens neither starts nor makes one", async (t) => {
  const dataDir = makeFolder(t);
  const key = join(dataDir, "secret.key");
  await registerPlain(t, dataDir, ADDRESS);
  rmSync(key);
  for (const said of await refusals(t, dataDir))
    t.match(said, /^.*secret\.key is missing, and the tokens .*\n$/);
  t.notOk(existsSync(key));
  const other = randomBytes(32);
  writeFileSync(key, other);
  for (const said of await refusals(t, dataDir))
    t.match(said, /^.*secret\.key is another key, and the tokens .*\n$/);
  t.same(readFileSync(key), other);

  const readme = readFileSync(join(import.meta.dirname, "../../src/installation/README.md"), "utf8");
  const forget = /^sqlite3 \S+ "(.+)"$/m.exec(readme)?.[1] ?? "";
  new SQLite(databaseIn(dataDir)).exec(forget).close();
  await startMonitorProcess(t, dataDir);
});

t.test("a database gone from beside its key, archives or backups is missed, and none is made", async (t) => {
  const dataDir = makeFolder(t);
  const archives = { ARCHIVE_DIR: join(makeFolder(t), "on a share") };
  await registerPlain(t, dataDir, ADDRESS);
  const file = databaseIn(dataDir);
  truncateSync(file);
  for (const said of await refusals(t, dataDir)) {
    t.match(said, `The database ${file} is missing or empty, but what belonged to it is there:`);
    t.match(said, ` there: ${dataDir}/secret.key.`);
    t.match(said, / (?:npm run restore --|poswatch restore) FILE, .* To begin anew without it: mv .*\n$/);
  }
  rmSync(file);
  mkdirSync(archives.ARCHIVE_DIR);
  writeFileSync(join(archives.ARCHIVE_DIR, ".poswatch-archives"), "");
  const [said = ""] = await refusals(t, dataDir, archives);
  t.notOk(existsSync(file));

  const [, first = "", second = ""] = /begin anew without it: (mv .*) && (mv .*)/.exec(said) ?? [];
  execFileSync("sh", ["-c", first]);
  for (const other of await refusals(t, dataDir, archives)) t.match(other, "on a share/.poswatch-archives");
  execFileSync("sh", ["-c", second]);
  const backup = join(dataDir, "backups", "poswatch-2026-11-25T02-47-00Z-nightly.backup");
  mkdirSync(dirname(backup));
  writeFileSync(backup, "");
  for (const other of await refusals(t, dataDir, archives)) t.match(other, `is there: ${dirname(backup)}.`);
  rmSync(backup);
  await startMonitorProcess(t, dataDir, archives);
});

t.test("a folder that has no tokens yet gets a key at its first start", async (t) => {
  const dataDir = makeFolder(t);
  await startMonitorProcess(t, dataDir);
  t.ok(existsSync(join(dataDir, "secret.key")));
});

t.test("a channel whose secret is stored needs the key too", async (t) => {
  const monitor = await startMonitor(t);
  const { sqlite } = monitor.app.database;
  t.same([...sealedSecrets(sqlite)], []);
  await addChannel(monitor, (await receiveEvents(t)).channel);
  t.equal([...sealedSecrets(sqlite)].length, 1);
});
