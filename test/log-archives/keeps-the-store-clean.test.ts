import { mkdir, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import SQLite from "better-sqlite3";
import t, { type Test } from "tap";
import { ARCHIVES_MARKER_FILE } from "../../src/monitor/database/data-folder.ts";
import { letRestoredCopyAct, markAsRestored } from "../../src/monitor/installation/restored-copy.ts";
import { requireKnownStore } from "../../src/monitor/log-archives/store/marker.ts";
import { openArchiveStore, RESERVED_BYTES } from "../../src/monitor/log-archives/store/store.ts";
import { type Pace, writePart } from "../../src/monitor/log-archives/store/write-part.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitorOptions } from "../helpers/app.ts";
import { databaseIn } from "../helpers/backups.ts";
import { makeFolder } from "../helpers/folder.ts";
import { filesIn, type LogMonitor, startLogMonitor, startWithTwoDays } from "../helpers/log-monitor.ts";
import { provideDatabase } from "../helpers/migrated-database.ts";
import { getHtml, noticesOf, signedIn } from "../helpers/page.ts";

const SIGNAL = new AbortController().signal;
const roomy = { ...openArchiveStore("/nowhere"), freeBytes: async () => Number.MAX_SAFE_INTEGER };
const pace: Pace = { waiting: (answer) => answer, received: () => undefined, stop: () => undefined };
const onProgress = async () => undefined;
const written = { store: roomy, maxBytes: 1_000_000, signal: SIGNAL, pace, onProgress };

t.test("a disk that is full, or soon will be, is named while it is written to, without paths", async (t) => {
  const waiting = Readable.from([Buffer.alloc(1000, 1)]);
  await t.rejects(writePart(waiting, "/dev/full", written), { message: "disk_full: ENOSPC (write)" });
  t.ok(waiting.destroyed, "the POS server is not kept waiting");
  let freeBytes = RESERVED_BYTES * 2;
  const store = { ...openArchiveStore("/nowhere"), freeBytes: async () => freeBytes };
  function* chunks() {
    for (let chunk = 0; chunk < 40; chunk++) {
      if (chunk === 20) freeBytes = RESERVED_BYTES - 1;
      yield Buffer.alloc(1024 * 1024, chunk);
    }
  }
  const source = Readable.from(chunks());
  const file = join(t.testdir({}), "part");
  await t.rejects(writePart(source, file, { ...written, store, maxBytes: 1e9 }), { message: /^disk_full/ });
  t.ok((await stat(file)).size < 40 * 1024 * 1024);
});

t.test("a folder that cannot be written to fails the request plainly", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { store } = monitor;
  await rm(store.root, { recursive: true });
  const id = await monitor.fetch();
  const failure = { status: "failed", failureCode: "store_unavailable" };
  t.match(await monitor.request(id), failure);
  t.match(await monitor.archives(id), [failure, failure]);
  await t.rejects(stat(store.root), { code: "ENOENT" }, "nothing takes the place of a share that is gone");
});

for (const name of ["blocked", "blocked/archives", "missing"]) {
  t.test(`the monitor starts although its store cannot be used, and is not ready: ${name}`, async (t) => {
    const root = join(t.testdir({ blocked: "a file" }), name);
    const monitor = await startLogMonitor(t, { store: { root }, config: { archiveDir: root } });
    t.equal((await monitor.app.inject("/readyz")).body, "no logs can be kept: ARCHIVE_DIR cannot be used\n");
    monitor.put("a.log", Buffer.from("a"));
    const id = await monitor.fetch();
    t.match(await monitor.request(id), { status: "failed", failureCode: "store_unavailable" });
    t.equal((await monitor.app.removeOldArchives()).archives, 0, "nor does the night fail");
    if (name === "missing")
      await t.rejects(stat(root), { code: "ENOENT" }, "it may be a share that is not mounted");
  });
}

t.test("archives past their retention are removed, their row says when, but not by a copy", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { app, db, clock } = monitor;
  const old = await monitor.fetch();
  clock.advance(29 * DAY_MS);
  const recent = await monitor.fetch();
  clock.advance(DAY_MS + 1);
  await markAsRestored(db, clock());
  const none = { archives: 0, unknownFiles: 0, requests: 0 };
  t.match(await app.removeOldArchives(), none, "the monitor may run whose copy it is");
  await db.transaction().execute(letRestoredCopyAct);
  t.match(await app.removeOldArchives(), { ...none, archives: 2 });
  const removed = { status: "done", path: null, removedAt: clock() };
  t.match(await monitor.archives(old), [removed, removed]);
  const kept = await monitor.archives(recent);
  t.same(await monitor.stored(), kept.map(({ path }) => path).sort());

  clock.advance(400 * DAY_MS);
  t.match(await app.removeOldArchives(), { archives: 2, requests: 2 });
  t.same(await monitor.stored(), []);
  await t.rejects(stat(join(monitor.store.root, dirname(kept[0]?.path ?? ""))), "nor are empty folders left");
  t.ok((await stat(monitor.store.root)).isDirectory());
});

t.test("one that cannot be removed keeps no other, and is tried again", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { app, store, clock } = monitor;
  const id = await monitor.fetch();
  const [held] = await monitor.archives(id);
  const file = join(store.root, held?.path ?? "");
  await rm(file);
  await mkdir(file);
  clock.advance(30 * DAY_MS + 1);
  t.match(await app.removeOldArchives(), { archives: 1 });
  t.match(await monitor.archives(id), [{ path: held?.path, removedAt: null }, { path: null }]);
  await rmdir(file);
  t.match(await app.removeOldArchives(), { archives: 1 });
});

t.test("parts that no row knows go after a day, archives with their retention, others' never", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { app, store, clock } = monitor;
  const id = await monitor.fetch();
  const yesterday = (clock() - DAY_MS) / 1000 - 1;
  const put = async (path: string, at = yesterday) => {
    await mkdir(dirname(join(store.root, path)), { recursive: true });
    await writeFile(join(store.root, path), "x");
    await utimes(join(store.root, path), at, at);
    return path;
  };
  const own = "pos-1-kafe-2026-11-24_7-0123abcd.zip";
  await put(`Орг/Кафе/2026-11-24/${own}`, (clock() - 30 * DAY_MS) / 1000 - 1);
  await put(`Орг/Кафе/2026-11-24/${own}.part`);
  const newerThanTheBackup = await put(`Орг/Бар/2026-11-24/${own}`);
  const kept = await Promise.all([
    put(`Орг/Бар/2026-11-24/${own}.part`, clock() / 1000),
    put("Орг/Кафе/2026-11-24/photo.zip"),
    put("Орг/Кафе/2026-11-24/notes.part"),
    put(`Орг/${own}`),
    put(own),
    put("Бухгалтерия/отчёт.xlsx"),
  ]);
  await mkdir(join(store.root, "empty/of/others"), { recursive: true });
  const known = (await monitor.archives(id)).map(({ path }) => path ?? "");
  for (const path of known) await utimes(join(store.root, path), yesterday, yesterday);

  t.match(await app.removeOldArchives(), { archives: 0, unknownFiles: 2 });
  t.same(await filesIn(store.root), [newerThanTheBackup, ...kept, ...known].sort());
  t.ok((await stat(join(store.root, "empty/of/others"))).isDirectory());
});

/** What is left when a share is unmounted: the empty folder in which it was. */
async function unmount({ store }: LogMonitor): Promise<() => Promise<void>> {
  const away = `${store.root}-away`;
  await rename(store.root, away);
  await mkdir(store.root);
  return async () => {
    await rm(store.root, { recursive: true });
    await rename(away, store.root);
  };
}

t.test("an empty mount point in place of the store is noticed, and nothing taken for removed", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { app, clock } = monitor;
  const fetched = await monitor.fetch();
  const stored = await monitor.stored();
  const mount = await unmount(monitor);

  const refused = await monitor.fetch();
  const why = /ARCHIVE_DIR holds none of the known archives/;
  t.match(await monitor.request(refused), { failureCode: "store_unavailable", failureDetail: why });
  t.same(await monitor.stored(), [], "nothing is put under the mount point");
  const user = await signedIn(monitor, { organizations: "all" });
  t.match(await user.html(`/log-requests/${refused}`), "Папка для архивов недоступна");

  clock.advance(366 * DAY_MS);
  t.match(await app.removeOldArchives(), { archives: 0, unknownFiles: 0 });
  for (const archive of await monitor.archives(fetched)) t.match(archive, { removedAt: null, path: /zip$/ });

  await mount();
  t.same(await monitor.stored(), stored);
  t.match(await app.removeOldArchives(), { archives: 2 }, "when it is back, their time is over");
});

t.test("a store of an older version is known by its archives, a new one by its marker", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { store } = monitor;
  await monitor.fetch();
  await rm(join(store.root, ".poswatch-archives"));
  const again = await monitor.fetch();
  t.match(await monitor.request(again), { status: "done" });

  await unmount(monitor);
  await writeFile(join(store.root, ".poswatch-archives"), "");
  const elsewhere = await monitor.fetch();
  t.match(await monitor.request(elsewhere), { status: "done" });
});

/** A monitor over the store of this one, whose database is a new one. */
async function startOther(t: Test, { store, clock }: LogMonitor, options: TestMonitorOptions = {}) {
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  new SQLite(databaseIn(dataDir))
    .exec("update kysely_migration set timestamp = '2026-12-01T00:00:00Z'")
    .close();
  return await startMonitor(t, { dataDir, clock, config: { archiveDir: store.root }, ...options });
}

/** As old as the store may be, so that whatever is none of its own would be removed. */
async function age({ store, stored }: LogMonitor): Promise<string[]> {
  const files = await stored();
  for (const path of files) await utimes(join(store.root, path), 0, 0);
  return files;
}

t.test("the store of another database is left as it is, and pages and log say so", async (t) => {
  const owner = await startWithTwoDays(t);
  const { store } = owner;
  await owner.fetch();
  await writeFile(join(store.root, `${(await owner.stored())[0]}.part`), "under way");
  const files = await age(owner);

  for (const [marker, why] of [
    [null, "holds archives of the database that was made at 20"],
    ["", "holds archives that this database does not know"],
  ] as const) {
    if (marker !== null) await writeFile(join(store.root, ARCHIVES_MARKER_FILE), marker);
    const logStream = new PassThrough({ encoding: "utf8" });
    const { app } = await startOther(t, owner, { logStream });
    const notices = noticesOf(await getHtml(app, "/audit"));
    t.match(notices, /^Папка для архивов занята другой базой Poswatch: .* Новые логи не скачиваются/);
    await app.listen({ port: 0, host: "127.0.0.1" });
    t.match(await app.removeOldArchives(), { archives: 0, unknownFiles: 0 });
    t.match(logStream.read(), why);
    await app.close();
    t.same(await owner.stored(), files, "nothing is removed, parts at its start neither");
  }

  const cleaned = await owner.app.removeOldArchives();
  t.match(cleaned, { unknownFiles: 1 }, "the database that knows them takes them");
  const { app } = await startOther(t, owner);
  await rm(store.root, { recursive: true });
  await mkdir(store.root);
  await requireKnownStore(app.database.db, app.archiveStore);
  t.equal(noticesOf(await getHtml(app, "/audit")), "", "when it is emptied, anybody may have it");
});
