import t from "tap";
import { findCommonNewestVersion } from "../../src/monitor/fleet/required-version.ts";
import { setArchived } from "../../src/monitor/organizations/registry/organizations.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getHtml, rowsOf } from "../helpers/page.ts";

/** What follows from the fleet is found anew after this time. */
const RULES_AGE_MS = 5_000;

async function run(monitor: TestMonitor, versions: Record<string, number>): Promise<number[]> {
  const ids: number[] = [];
  for (const [version, count] of Object.entries(versions)) {
    for (let index = 0; index < count; index++) {
      const id = await monitor.addPosServer();
      await monitor.report(id, { version });
      ids.push(id);
    }
  }
  return ids;
}

t.test("it is the newest version that at least 3 POS servers run", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  t.equal(await findCommonNewestVersion(db), null, "none in an empty fleet");
  await run(monitor, { "34.9": 5, "34.10": 2 });
  t.equal(await findCommonNewestVersion(db), "34.9");
  await run(monitor, { "34.10": 1 });
  t.equal(await findCommonNewestVersion(db), "34.10");
});

t.test("and 5 % of the fleet, those that were never polled included", async (t) => {
  const monitor = await startMonitor(t);
  await run(monitor, { "34.10": 3, "34.9": 57 });
  t.equal(await findCommonNewestVersion(monitor.db), "34.10", "3 of 60");
  await monitor.addPosServer();
  t.equal(await findCommonNewestVersion(monitor.db), "34.9", "3 of 61");
});

t.test("different spellings of a version are one, shown in the shortest", async (t) => {
  const monitor = await startMonitor(t);
  await run(monitor, { "34.10.0": 1, "34.10": 1, "34.10.0.0": 1 });
  t.equal(await findCommonNewestVersion(monitor.db), "34.10");
});

t.test("parked ones, archived organizations and unreadable versions do not count", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const organizationId = await monitor.addOrganization();
  const parked = await run(monitor, { "35.1": 3 });
  for (const id of parked) await setParked(db, id, true, monitor.clock());
  await run(monitor, { "34.1": 3, nonsense: 9 });
  t.equal(await findCommonNewestVersion(db), "34.1");
  await setArchived(db, organizationId, 1);
  t.equal(await findCommonNewestVersion(db), null);
});

t.test("POS servers below it require an update, with a badge that says which version", async (t) => {
  const monitor = await startMonitor(t);
  await run(monitor, { "34.10": 3 });
  monitor.clock.advance(RULES_AGE_MS);
  const [old = 0] = await run(monitor, { "34.9": 1 });
  const broken = await monitor.addPosServer();
  await monitor.report(broken, { version: "34.9", error: "boom" });
  const rows = rowsOf(await getHtml(monitor.app, "/pos-servers"));
  const rowOf = (id: number) => rows.find((row) => row.id === id);
  t.match(rowOf(old), { state: "update_required", text: /34\.9 → 34\.10/ });
  t.match(rowOf(broken), { state: "sync_error", text: /34\.9 → 34\.10/ }, "whatever the row's colour");
  t.equal(rows.filter(({ text }) => text.includes("→")).length, 2);
});
