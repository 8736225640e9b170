import { mkdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import SQLite from "better-sqlite3";
import t, { type Test } from "tap";
import { ARCHIVES_MARKER_FILE } from "../../src/monitor/database/data-folder.ts";
import { requireKnownStore } from "../../src/monitor/log-archives/store/marker.ts";
import { startMonitor, type TestMonitorOptions } from "../helpers/app.ts";
import { databaseIn } from "../helpers/backups.ts";
import { makeFolder } from "../helpers/folder.ts";
import { type LogMonitor, startWithTwoDays } from "../helpers/log-monitor.ts";
import { provideDatabase } from "../helpers/migrated-database.ts";
import { getHtml, noticesOf, signedIn } from "../helpers/page.ts";

const YEAR_MS = 366 * 86_400_000;

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
  const { app, clock, store } = monitor;
  const fetched = await monitor.fetch();
  const stored = await monitor.stored();
  const mount = await unmount(monitor);

  const refused = await monitor.fetch();
  t.match(await monitor.request(refused), {
    status: "failed",
    failureCode: "store_unavailable",
    failureDetail: /ARCHIVE_DIR holds none of the known archives/,
  });
  t.same(await monitor.stored(), [], "nothing is put under the mount point");
  const user = await signedIn(monitor, { organizations: "all" });
  t.match(await user.html(`/log-requests/${refused}`), "Папка для архивов недоступна");

  clock.advance(YEAR_MS);
  t.match(await app.removeOldArchives(), { archives: 0, unknownFiles: 0 });
  for (const archive of await monitor.archives(fetched)) t.match(archive, { removedAt: null, path: /zip$/ });

  await mount();
  t.same(await monitor.stored(), stored);
  t.match(await app.removeOldArchives(), { archives: 2 }, "when it is back, their time is over");
  t.notOk(store.root.endsWith("-away"));
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
    t.match(
      noticesOf(await getHtml(app, "/audit")),
      /^Папка для архивов занята другой базой Poswatch: .* Новые логи не скачиваются/,
    );
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

t.test("a marker without a name gives no archives to a database that knows others", async (t) => {
  const [owner, other] = await Promise.all([startWithTwoDays(t), startWithTwoDays(t)]);
  for (const monitor of [owner, other]) await monitor.fetch();
  const files = await age(owner);
  await writeFile(join(owner.store.root, ARCHIVES_MARKER_FILE), "");
  await rm(other.store.root, { recursive: true });
  await rename(owner.store.root, other.store.root);
  t.match(await other.app.removeOldArchives(), { archives: 0, unknownFiles: 0 });
  t.same(await other.stored(), files);
  t.match(other.app.archiveStore.problem, { code: "foreign_store" });
});
