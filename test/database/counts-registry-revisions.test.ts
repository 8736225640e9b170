import t from "tap";
import { readRegistryRevision } from "../../src/monitor/polling/poll-targets.ts";
import { startMonitor } from "../helpers/app.ts";

t.test("every change of the registry raises its revision, and polls do not", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  let id = 0;
  const changes: [string, () => Promise<unknown>][] = [
    ["an added organization", () => monitor.addOrganization()],
    ["a renamed organization", () => db.updateTable("organization").set({ name: "Другая" }).execute()],
    [
      "an added POS server",
      async () => {
        id = await monitor.addPosServer();
      },
    ],
    ["a parked POS server", () => db.updateTable("pos_server").set({ parked: 1 }).execute()],
    ["a removed POS server", () => db.deleteFrom("pos_server").where("id", "=", id).execute()],
    ["a removed organization", () => db.deleteFrom("organization").execute()],
  ];
  for (const [what, change] of changes) {
    const before = await readRegistryRevision(db);
    await change();
    t.ok((await readRegistryRevision(db)) > before, what);
  }
  id = await monitor.addPosServer();
  const before = await readRegistryRevision(db);
  await monitor.report(id);
  await monitor.report(id, { error: "boom" });
  t.equal(await readRegistryRevision(db), before);
});

t.test("an organization that has POS servers cannot be removed", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.addPosServer();
  await t.rejects(monitor.app.database.db.deleteFrom("organization").execute(), /FOREIGN KEY/);
});
