import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getPage } from "../helpers/page.ts";
import { runJob } from "../helpers/run-job.ts";
import { addLogArchive, serviceLog } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

function prepared({ dataDir }: TestMonitor): string[] {
  return readdirSync(join(dataDir, "log-cache"));
}

async function sweep({ app }: TestMonitor): Promise<void> {
  await runJob(app, "old archives");
}

t.test("what was prepared goes in the same night as its archive", async (t) => {
  const monitor = await startMonitor(t);
  const old = await addLogArchive(monitor, { "a.log": serviceLog(100) });
  monitor.clock.advance(29 * DAY_MS);
  const recent = await addLogArchive(monitor, { "a.log": serviceLog(100) });
  for (const id of [old, recent]) {
    await waitFor(async () => (await getPage(monitor.app, `/log-archives/${id}/files/1`)).statusCode === 303);
  }
  await sweep(monitor);
  t.equal(prepared(monitor).length, 2);
  monitor.clock.advance(DAY_MS + 1);
  await sweep(monitor);
  t.match(prepared(monitor), [new RegExp(`^${recent}-`)]);

  await monitor.db.deleteFrom("posServer").execute();
  await sweep(monitor);
  t.same(prepared(monitor), [], "that of a POS server which was deleted goes likewise");
});

t.test("what a killed process did not remove any more goes when the monitor starts", async (t) => {
  const monitor = await startMonitor(t);
  mkdirSync(join(monitor.dataDir, "log-cache", "7-1-100-abc"), { recursive: true });
  await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  await waitFor(() => prepared(monitor).length === 0);
});
