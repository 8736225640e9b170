import t from "tap";
import { POS_SERVER_STATES, PROBLEM_STATES } from "../../src/monitor/fleet/state.ts";
import { readRegistryRevision } from "../../src/monitor/polling/poll-targets.ts";
import { changeOrganization, setArchived } from "../../src/monitor/registry/organizations.ts";
import {
  changePosServer,
  deletePosServer,
  findRegisteredPosServer,
} from "../../src/monitor/registry/pos-servers.ts";
import { reconnectPosServer } from "../../src/monitor/registry/registry.ts";
import { copyRegistry } from "../../src/monitor/restaurants/copy-registry.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { setTags } from "../../src/monitor/restaurants/tags.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { POS_SERVER_ID } from "../helpers/pos-server.ts";
import { createRandom } from "../helpers/random.ts";
import { moveTo } from "../helpers/registry.ts";
import { changeRows } from "../helpers/rows.ts";

const OPERATIONS = 400;
const VERSIONS = ["33", "34.1", null];
const ERRORS = ["boom", null];

/** What the triggers keep. */
async function keptCounts(monitor: TestMonitor): Promise<string[]> {
  const rows = await monitor.db.selectFrom("stateCount").selectAll().where("posServers", "!=", 0).execute();
  return rows.map((row) => `${row.organizationId} ${row.state} ${row.posServers}`).sort();
}

/** What a scan finds. */
async function scannedCounts(monitor: TestMonitor): Promise<string[]> {
  const rows = await monitor.db
    .selectFrom("posStatus")
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .select(["posServer.organizationId", "posStatus.state", "posServer.parked"])
    .execute();
  const counts = new Map<string, number>();
  for (const { organizationId, state, parked } of rows) {
    const key = `${organizationId} ${parked ? "parked" : state}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ${count}`).sort();
}

t.test("the kept counts and copies equal a scan after any operations", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const random = createRandom(20_261_124);
  const organizations = [await monitor.addOrganization("А"), await monitor.addOrganization("Б")];
  const ids: number[] = [];
  const organization = () => random.pick(organizations) ?? 0;

  const operations: ((id: number) => Promise<unknown>)[] = [
    async () =>
      ids.push(await monitor.addPosServer({ organizationId: organization(), isParked: random.chance(0.2) })),
    (id) =>
      monitor.report(id, { version: random.pick(VERSIONS) ?? null, error: random.pick(ERRORS) ?? null }),
    (id) => monitor.report(id),
    (id) => monitor.fail(id),
    (id) => setParked(db, id, random.chance(0.5), monitor.clock()),
    async (id) => {
      for (const one of organizations) await setArchived(db, one, null);
      await moveTo(monitor, id, organization());
    },
    async (id) => {
      const posServer = await findRegisteredPosServer(db, monitor.app.secretBox, String(id));
      const name = `Арбат, ${id}${random.pick(["", "а"])}`;
      if (posServer)
        await changePosServer(db, posServer, { name, pollIntervalMs: null, keepsLogLines: true });
    },
    async () => {
      const id = organization();
      await changeOrganization(db, id, { name: random.pick(["Кафе", "Бар"]) ?? "", crmId: String(id + 7) });
    },
    () => setArchived(db, organization(), random.chance(0.5) ? 1 : null),
    (id) => setTags(db, id, random.pick([[], ["Москва"], ["Москва", "24/7"]]) ?? []),
    async (id) => {
      if (!random.chance(0.5)) return;
      await deletePosServer(db, { id, name: "" }, monitor.clock());
      ids.splice(ids.indexOf(id), 1);
    },
  ];
  for (let count = 0; count < OPERATIONS; count++) {
    await random.pick(ids.length === 0 ? operations.slice(0, 1) : operations)?.(random.pick(ids) ?? 0);
    if (count % 10 === 0)
      t.same(await keptCounts(monitor), await scannedCounts(monitor), `after ${count + 1}`);
  }
  t.same(await keptCounts(monitor), await scannedCounts(monitor));
  t.ok(ids.length > 10, "with a fleet left to count");
  const known = await readCopies(monitor);
  await copyRegistry(db, ids);
  t.same(await readCopies(monitor), known);
});

/** What statuses have of the registry. */
async function readCopies({ app }: TestMonitor) {
  return await app.database.db
    .selectFrom("posStatus")
    .select(["standing", "organizationId", "organizationSort", "nameSort", "searchText"])
    .select(["tagIds", "tagSearch"])
    .orderBy("posServerId")
    .execute();
}

t.test("the columns by which the list is sorted rank states as the program does", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const id = await monitor.addPosServer();
  for (const [rank, state] of POS_SERVER_STATES.entries()) {
    await db.updateTable("posStatus").set({ state, stateSince: 5, errorSearch: null }).execute();
    const columns = db.selectFrom("posStatus").select(["stateRank", "stateAge", "errorRank"]);
    const expected = {
      stateRank: rank,
      stateAge: state === "synced" ? -5 : 5,
      errorRank: 1 + (PROBLEM_STATES.includes(state) ? rank : PROBLEM_STATES.length),
    };
    t.same(await columns.where("posServerId", "=", id).executeTakeFirst(), expected, state);
  }
  await db.updateTable("posStatus").set({ errorSearch: "boom" }).execute();
  t.same(await db.selectFrom("posStatus").select("errorRank").execute(), [{ errorRank: 0 }]);
});

const NOWHERE = {
  connection: "direct",
  address: null,
  token: null,
  fingerprint: null,
  identity: null,
} as const;

t.test("every change of the registry raises its revision, and polls do not", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  let id = 0;
  const changes: [string, () => Promise<unknown>][] = [
    ["an added organization", () => monitor.addOrganization()],
    ["a renamed organization", () => changeRows(db, "organization", { name: "Другая" })],
    ["an added POS server", async () => (id = await monitor.addPosServer())],
    ["an identity that is taken away", () => reconnectPosServer(db, monitor.app.secretBox, id, NOWHERE)],
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
  await t.rejects(db.deleteFrom("organization").execute(), /FOREIGN KEY/, "not while it has POS servers");
  const before = await readRegistryRevision(db);
  await monitor.report(id);
  await monitor.report(id, { error: "boom" });
  t.match(await db.selectFrom("posServer").select("identity").execute(), [{ identity: POS_SERVER_ID }]);
  t.equal(await readRegistryRevision(db), before, "nor does the identity that the first one tells");
});
