import { mkdir, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import t from "tap";
import { letRestoredCopyAct, markAsRestored } from "../../src/monitor/installation/restored-copy.ts";
import { openArchiveStore, RESERVED_BYTES } from "../../src/monitor/log-archives/store/store.ts";
import type { Pace } from "../../src/monitor/log-archives/store/write-part.ts";
import { writePart } from "../../src/monitor/log-archives/store/write-part.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { filesIn, startLogMonitor, startWithTwoDays } from "../helpers/log-monitor.ts";

const SIGNAL = new AbortController().signal;
const roomy = { ...openArchiveStore("/nowhere"), freeBytes: async () => Number.MAX_SAFE_INTEGER };
const pace: Pace = { waiting: (answer) => answer, received: () => undefined, stop: () => undefined };
const onProgress = async () => undefined;
const written = { store: roomy, maxBytes: 1_000_000, signal: SIGNAL, pace, onProgress };

t.test("a disk that is full while it is written to is named, without paths", async (t) => {
  const source = Readable.from([Buffer.alloc(1000, 1)]);
  await t.rejects(writePart(source, "/dev/full", written), { message: "disk_full: ENOSPC (write)" });
  t.ok(source.destroyed, "the POS server is not kept waiting");
});

t.test("too little room is noticed while it is written to", async (t) => {
  let freeBytes = RESERVED_BYTES * 2;
  const store = { ...openArchiveStore("/nowhere"), freeBytes: async () => freeBytes };
  const source = Readable.from(
    (function* () {
      for (let chunk = 0; chunk < 40; chunk++) {
        if (chunk === 20) freeBytes = RESERVED_BYTES - 1;
        yield Buffer.alloc(1024 * 1024, chunk);
      }
    })(),
  );
  const file = join(t.testdir({}), "part");
  await t.rejects(writePart(source, file, { ...written, store, maxBytes: 1e9 }), { message: /^disk_full/ });
  t.ok((await stat(file)).size < 40 * 1024 * 1024);
});

t.test("a folder that cannot be written to fails the request plainly", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { store } = monitor;
  await rm(store.root, { recursive: true });
  const id = await monitor.fetch();
  t.match(await monitor.request(id), { status: "failed", failureCode: "store_unavailable" });
  t.match(await monitor.archives(id), [
    { status: "failed", failureCode: "store_unavailable" },
    { status: "failed", failureCode: "store_unavailable" },
  ]);
  await t.rejects(stat(store.root), { code: "ENOENT" }, "nothing takes the place of a share that is gone");
});

t.test("the monitor starts although its store cannot be made", async (t) => {
  const dataDir = t.testdir({ blocked: "a file" });
  const monitor = await startLogMonitor(t, {
    store: { root: join(dataDir, "blocked/archives") },
    config: { archiveDir: join(dataDir, "blocked/archives") },
  });
  monitor.put("a.log", Buffer.from("a"));
  const id = await monitor.fetch();
  t.match(await monitor.request(id), { status: "failed", failureCode: "store_unavailable" });
  t.equal((await monitor.app.removeOldArchives()).archives, 0, "nor does the night fail");
});

t.test("archives past their retention are removed, their row says when", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { app, clock } = monitor;
  const old = await monitor.fetch();
  clock.advance(29 * DAY_MS);
  const recent = await monitor.fetch();
  clock.advance(DAY_MS + 1);
  t.match(await app.removeOldArchives(), { archives: 2, unknownFiles: 0, requests: 0 });
  const removed = { status: "done", path: null, removedAt: clock() };
  for (const archive of await monitor.archives(old)) t.match(archive, removed);
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

t.test("a copy removes nothing while the monitor may run whose copy it is", async (t) => {
  const monitor = await startWithTwoDays(t);
  const { app, clock } = monitor;
  await monitor.fetch();
  clock.advance(30 * DAY_MS + 1);
  await markAsRestored(app.database.db, clock());
  t.match(await app.removeOldArchives(), { archives: 0, unknownFiles: 0 });
  await app.database.db.transaction().execute(letRestoredCopyAct);
  t.match(await app.removeOldArchives(), { archives: 2 });
});
