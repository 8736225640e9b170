import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { type LogMonitor, startWithTwoDays } from "../helpers/log-monitor.ts";
import { signedIn } from "../helpers/sign-in.ts";

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

t.test(
  "an empty mount point in place of the store is noticed, and nothing is taken for removed",
  async (t) => {
    const monitor = await startWithTwoDays(t);
    const { app, clock, store } = monitor;
    const fetched = await monitor.queue();
    await monitor.work();
    const stored = await monitor.stored();
    const mount = await unmount(monitor);

    const refused = await monitor.queue();
    await monitor.work();
    t.match(await monitor.request(refused), {
      status: "failed",
      failure_code: "store_unavailable",
      failure_detail: /ARCHIVE_DIR holds none of the known archives/,
    });
    t.same(await monitor.stored(), [], "nothing is put under the mount point");
    const user = await signedIn(monitor, { organizations: "all" });
    t.match((await user.get(`/log-requests/${refused}`)).body, "Папка для архивов недоступна");

    clock.advance(YEAR_MS);
    t.match(await app.removeOldArchives(), { archives: 0, unknownFiles: 0 });
    for (const archive of await monitor.archives(fetched))
      t.match(archive, { removed_at: null, path: /zip$/ });

    await mount();
    t.same(await monitor.stored(), stored);
    t.match(await app.removeOldArchives(), { archives: 2 }, "when it is back, their time is over");
    t.notOk(store.root.endsWith("-away"));
  },
);

t.test(
  "a store of an older version is known by its archives, a new one by what an administrator puts there",
  async (t) => {
    const monitor = await startWithTwoDays(t);
    const { store } = monitor;
    await monitor.queue();
    await monitor.work();
    await rm(join(store.root, ".poswatch-archives"));
    const again = await monitor.queue();
    await monitor.work();
    t.match(await monitor.request(again), { status: "done" });

    await unmount(monitor);
    await writeFile(join(store.root, ".poswatch-archives"), "");
    const elsewhere = await monitor.queue();
    await monitor.work();
    t.match(await monitor.request(elsewhere), { status: "done" });
  },
);
