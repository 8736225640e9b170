import t from "tap";
import { reconnectPosServer } from "../../src/monitor/organizations/registry/registry.ts";
import { readRegistryRevision } from "../../src/monitor/polling/poll-targets.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor } from "../helpers/app.ts";
import { POS_SERVER_ID } from "../helpers/pos-server.ts";

const NOWHERE = {
  ...{ connection: "direct" as const, address: null },
  ...{ token: null, fingerprint: null, identity: null },
};

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
    [
      "a POS server whose identity is taken away",
      () => reconnectPosServer(db, monitor.app.secretBox, id, NOWHERE),
    ],
    ["a parked POS server", () => setParked(db, id, true, monitor.clock())],
    ["a removed POS server", () => db.deleteFrom("posServer").where("id", "=", id).execute()],
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
  t.match(await db.selectFrom("posServer").select("identity").execute(), [{ identity: POS_SERVER_ID }]);
  t.equal(await readRegistryRevision(db), before, "nor does the identity that the first one tells");
});

t.test("an organization that has POS servers cannot be removed", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.addPosServer();
  await t.rejects(monitor.app.database.db.deleteFrom("organization").execute(), /FOREIGN KEY/);
});
