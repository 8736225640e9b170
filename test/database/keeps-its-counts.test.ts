import t from "tap";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { createRandom } from "../helpers/random.ts";

const OPERATIONS = 400;
const VERSIONS = ["33", "34.1", null];
const ERRORS = ["boom", null];

/** What the triggers keep. */
async function keptCounts(monitor: TestMonitor): Promise<string[]> {
  const rows = await monitor.app.database.db
    .selectFrom("state_count")
    .selectAll()
    .where("pos_servers", "!=", 0)
    .execute();
  return rows.map((row) => `${row.organization_id} ${row.state} ${row.pos_servers}`).sort();
}

/** What a scan finds. */
async function scannedCounts(monitor: TestMonitor): Promise<string[]> {
  const { db } = monitor.app.database;
  const rows = await db
    .selectFrom("pos_status")
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .select(["pos_server.organization_id", "pos_status.state", "pos_server.parked"])
    .execute();
  const counts = new Map<string, number>();
  for (const { organization_id, state, parked } of rows) {
    const key = `${organization_id} ${parked ? "parked" : state}`;
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
  const update = (id: number) => db.updateTable("pos_server").where("id", "=", id);
  const organization = () => random.pick(organizations) ?? 0;

  const operations: ((id: number) => Promise<unknown>)[] = [
    async () =>
      ids.push(await monitor.addPosServer({ organizationId: organization(), isParked: random.chance(0.2) })),
    (id) =>
      monitor.report(id, { version: random.pick(VERSIONS) ?? null, error: random.pick(ERRORS) ?? null }),
    (id) => monitor.report(id),
    (id) => monitor.fail(id),
    (id) =>
      update(id)
        .set({ parked: random.chance(0.5) ? 1 : 0 })
        .execute(),
    (id) => update(id).set({ organization_id: organization() }).execute(),
    (id) =>
      update(id)
        .set({ parked: random.chance(0.5) ? 1 : 0, organization_id: organization() })
        .execute(),
    (id) =>
      update(id)
        .set({ name_sort: `n${id}${random.chance(0.5)}`, search_text: `s${id}` })
        .execute(),
    () =>
      db
        .updateTable("organization")
        .set({ archived_at: random.chance(0.5) ? 1 : null, name_sort: random.chance(0.5) ? "x" : "y" })
        .where("id", "=", organization())
        .execute(),
    async (id) => {
      if (!random.chance(0.5)) return;
      await db.deleteFrom("pos_server").where("id", "=", id).execute();
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
  t.same(await copiesThatDiffer(monitor), []);
});

/** Statuses whose copies of the registry are not what the registry says. */
async function copiesThatDiffer(monitor: TestMonitor): Promise<number[]> {
  const rows = await monitor.app.database.db
    .selectFrom("pos_status")
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select([
      "pos_server.id",
      "pos_status.standing",
      "pos_server.parked",
      "organization.archived_at",
      "pos_status.organization_id as copiedOrganization",
      "pos_server.organization_id as organization",
      "pos_status.organization_sort as copiedOrganizationSort",
      "organization.name_sort as organizationSort",
      "pos_status.name_sort as copiedNameSort",
      "pos_server.name_sort as nameSort",
      "pos_status.search_text as copiedSearchText",
      "pos_server.search_text as searchText",
    ])
    .execute();
  return rows
    .filter(
      (row) =>
        row.standing !== (row.archived_at !== null ? "archived" : row.parked ? "parked" : "active") ||
        row.copiedOrganization !== row.organization ||
        row.copiedOrganizationSort !== row.organizationSort ||
        row.copiedNameSort !== row.nameSort ||
        row.copiedSearchText !== row.searchText,
    )
    .map(({ id }) => id);
}
