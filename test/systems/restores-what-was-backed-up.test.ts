import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import SQLite from "better-sqlite3";
import t, { type Test } from "tap";
import { backUp, databaseIn, queryFile, runCommand } from "../helpers/backups.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { TOKEN } from "../helpers/pos-server.ts";
import { NOBODYS_PORT, startPoswatch } from "../helpers/program.ts";
import { registerPlain } from "../helpers/register.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A data folder with one POS server, and a backup of it. */
async function backedUp(t: Test): Promise<{ dataDir: string; file: string }> {
  const dataDir = makeFolder(t);
  await registerPlain(t, dataDir, `http://127.0.0.1:${NOBODYS_PORT}`);
  return { dataDir, file: await backUp(t, dataDir) };
}

/** A copy as a migration keeps it. @returns its file. */
function withoutChecksum(file: string, to: string): string {
  copyFileSync(file, to);
  truncateSync(to, statSync(to).size - 32);
  new SQLite(to).exec("drop table backup").close();
  return to;
}

const restore = (t: Test, dataDir: string, file: string) => runCommand(t, "restore", dataDir, file);

/** What could be lost of a data folder. */
function contentOf(dataDir: string): Buffer[] {
  return ["poswatch.db", "secret.key"].map((name) => readFileSync(join(dataDir, name)));
}

t.test("on another machine the one file is enough: POS servers are polled with their tokens", async (t) => {
  const tokens: unknown[] = [];
  const posServer = createServer(({ headers }, response) => {
    tokens.push(headers.authorization);
    response.end(JSON.stringify(reportAt(Date.now())));
  });
  const old = makeFolder(t);
  await registerPlain(t, old, `http://127.0.0.1:${await listen(t, posServer)}`);
  const file = join(makeFolder(t), "moved.backup");
  copyFileSync(await backUp(t, old), file);
  rmSync(old, { recursive: true });

  const dataDir = join(makeFolder(t), "new");
  const restored = await restore(t, dataDir, file);
  t.equal(restored.code, 0, restored.output);
  t.match(restored.output, /The backup is restored\. .* until a system administrator confirms/);
  t.same(readdirSync(dataDir).sort(), ["monitor.lock", "poswatch.db", "secret.key"]);
  t.same(queryFile(databaseIn(dataDir), "select name from sqlite_schema where name = 'backup'"), []);

  const monitor = await startMonitorProcess(t, dataDir);
  await waitFor(() => tokens.length > 0);
  t.same(tokens[0], `Bearer ${TOKEN}`);
  t.match(await monitor.page("/audit"), /Восстановление из резервной копии/);
});

t.test("what it replaces is kept whole", async (t) => {
  const { dataDir, file } = await backedUp(t);
  await registerPlain(t, dataDir, "http://127.0.0.1:2", "Newer");
  writeFileSync(join(dataDir, "poswatch.db-wal"), "");
  const before = contentOf(dataDir);
  const { code, output } = await restore(t, dataDir, file);
  t.equal(code, 0, output);
  const kept = output.match(/^What was there before is in (\S+)\.$/m)?.[1] ?? "";
  t.same(contentOf(kept), before);
  t.same(queryFile(databaseIn(dataDir), "select name from pos_server"), ["Тверская, 12"]);
  t.same(queryFile(databaseIn(kept), "select name from pos_server order by id"), ["Тверская, 12", "Newer"]);
});

t.test("it is restored as well where only what was opened for writing can be synced", async (t) => {
  const { dataDir, file } = await backedUp(t);
  const NODE_OPTIONS = `--import ${join(import.meta.dirname, "../helpers/windows-sync.ts")}`;
  const restoring = startPoswatch(t, ["restore", file], {
    env: { DATA_DIR: dataDir, NODE_OPTIONS },
  });
  t.equal(await restoring.ended, 0, restoring.output());
  t.match(restoring.output(), /^What was there before is in .*\nThe backup is restored\./);
});

t.test("while the monitor runs nothing is restored", async (t) => {
  const { dataDir, file } = await backedUp(t);
  await startMonitorProcess(t, dataDir);
  t.match(await restore(t, dataDir, file), { code: 1, output: /is in use by another Poswatch/ });
});

t.test("a file that cannot be the database leaves everything as it was", async (t) => {
  const { dataDir, file } = await backedUp(t);
  const newer = withoutChecksum(file, join(dataDir, "newer.backup"));
  new SQLite(newer).exec("insert into kysely_migration (name, timestamp) values ('9999-later', '')").close();
  const damaged = withoutChecksum(file, join(dataDir, "damaged.backup"));
  const bytes = readFileSync(damaged);
  bytes.fill(0xa5, 8_192, 8_192 + 4_096);
  writeFileSync(damaged, bytes);
  const other = join(dataDir, "other.backup");
  new SQLite(other).exec("create table something (id integer)").close();
  writeFileSync(join(dataDir, "text.backup"), "a text, ".repeat(1_024));

  const refused: [string, RegExp][] = [
    [join(dataDir, "missing.backup"), /^There is no file /],
    [dataDir, / is a folder: name one of the backups in it/],
    [damaged, /damaged\.backup is damaged or no backup: (?!it is not what its checksum)/],
    [join(dataDir, "text.backup"), /text\.backup is damaged or no backup: file is not a database/],
    [other, /other\.backup is no backup of Poswatch/],
    [newer, /newer\.backup was made by a newer Poswatch \(it has 9999-later\)/],
  ];
  const before = contentOf(dataDir);
  for (const [name, message] of refused) {
    t.match(await restore(t, dataDir, name), { code: 1, output: message });
    t.same(contentOf(dataDir), before, name);
  }
});

t.test("a backup in which any byte has changed, or that was cut short, is refused", async (t) => {
  const { dataDir, file } = await backedUp(t);
  const whole = readFileSync(file);
  const before = contentOf(dataDir);
  const damaged = join(dataDir, "damaged.backup");
  const name = whole.indexOf("Тверская, 12");
  const free = whole.lastIndexOf(Buffer.alloc(64)) + 32;
  const key = whole.indexOf(before[1] ?? "");
  for (const place of [0, name, free, key, whole.length - 33, whole.length - 32, whole.length - 1]) {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8((bytes[place] ?? 0) ^ 1, place);
    writeFileSync(damaged, bytes);
    const { code, output } = await restore(t, dataDir, damaged);
    t.equal(code, 1, `byte ${place}`);
    t.match(output, /^\S+damaged\.backup is damaged or no backup: it is not what its checksum is of\./);
    t.same(contentOf(dataDir), before, "nothing is replaced");
  }
  for (const size of [whole.length - 1, whole.length - 32, whole.length - 4_096, whole.length - 32 - 4_096]) {
    writeFileSync(damaged, whole.subarray(0, size));
    t.match(await restore(t, dataDir, damaged), { code: 1, output: /is damaged or no backup/ });
    t.same(contentOf(dataDir), before, "nothing is replaced");
  }
  t.notMatch(await restore(t, dataDir, file), { output: /no checksum/ });
});

t.test("the copy that a migration has kept is restored beside the key that it was made beside", async (t) => {
  const { dataDir, file } = await backedUp(t);
  const copy = withoutChecksum(file, join(dataDir, "before-a-migration.db"));
  t.match(await restore(t, dataDir, copy), {
    code: 0,
    output: /^A copy that a migration keeps has no checksum.*\n.*\nThe backup is restored\./,
  });
  t.match(await restore(t, makeFolder(t), copy), { code: 1, output: /sealed with another key/ });
});

t.test("a monitor does not start over a restore that was cut off; another restore mends it", async (t) => {
  const { dataDir, file } = await backedUp(t);
  mkdirSync(join(dataDir, "restore-unfinished"));
  rmSync(databaseIn(dataDir));
  const program = startPoswatch(t, ["serve"], { env: { DATA_DIR: dataDir, PORT: "0" } });
  t.equal(await program.ended, 1);
  t.match(
    program.output(),
    /^A backup was being restored .* Restore it again: (?:npm run restore --|poswatch restore) FILE\.\n$/,
  );
  t.notOk(existsSync(databaseIn(dataDir)), "no new one takes its place");
  t.match(await restore(t, dataDir, file), { code: 0 });
  await startMonitorProcess(t, dataDir);
});
