import { join } from "node:path";
import { type CompiledQuery, Kysely, SqliteDialect } from "kysely";
import t, { type Test } from "tap";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import { CAMEL_CASE, openDatabase } from "../../src/monitor/database/open.ts";
import type { Database } from "../../src/monitor/database/schema.ts";
import { parseFilter } from "../../src/monitor/pos-servers/filter.ts";
import { listPosServers } from "../../src/monitor/pos-servers/list-pos-servers.ts";
import { SEARCHED_FOR_NOTHING } from "../../src/monitor/pos-servers/searched-for.ts";
import { makeFolder } from "../helpers/folder.ts";

/** More than are sorted by hand. */
const MANY = { found: 100_000, outside: 0, foundIds: null, outsideIds: [] };

/** How SQLite would list a page of many, in the words of `explain query plan`. */
async function planOfList(t: Test, sort: string, state = ""): Promise<string> {
  const database = openDatabase(join(makeFolder(t), "poswatch.db"));
  const { sqlite } = database;
  t.teardown(() => database.db.destroy());
  await migrateDatabase(database);
  const queries: CompiledQuery[] = [];
  const db = new Kysely<Database>({
    dialect: new SqliteDialect({ database: sqlite }),
    plugins: [CAMEL_CASE],
    log: ({ query }) => void queries.push(query),
  });
  const { filter } = parseFilter({ sort, state });
  await listPosServers(
    db,
    { access: "all", filter, ...SEARCHED_FOR_NOTHING, groupedCauses: [], now: Date.now() },
    MANY,
  );
  t.equal(queries.length, 1);
  const steps = queries.flatMap(({ sql, parameters }) =>
    sqlite.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...parameters),
  );
  return steps.map(({ detail }) => detail).join("; ");
}

for (const sort of ["state", "-state"]) {
  t.test(`the order ${sort} is all that of the index of the states`, async (t) => {
    t.equal(await planOfList(t, sort), "SCAN pos_status USING INDEX pos_status_state");
  });
}

for (const sort of ["state", "-state"]) {
  t.test(`the order ${sort} within one state is found in the index of the states`, async (t) => {
    const plan = await planOfList(t, sort, "synced");
    t.equal(plan, "SEARCH pos_status USING INDEX pos_status_state (state_rank=?)");
  });
}

for (const sort of ["error", "-error"]) {
  t.test(`the order ${sort} is all that of the index of the errors`, async (t) => {
    t.equal(await planOfList(t, sort), "SCAN pos_status USING INDEX pos_status_error");
  });
}

const INDEXES: Record<string, string> = {
  organization: "pos_status_place",
  name: "pos_status_name",
  version: "pos_status_version_order",
  lastUpdateAt: "pos_status_last_update",
  lastSyncAt: "pos_status_last_sync",
};

for (const [sort, index] of Object.entries(INDEXES)) {
  t.test(`the order ${sort} begins with that of its index`, async (t) => {
    t.ok((await planOfList(t, sort)).startsWith(`SCAN pos_status USING INDEX ${index}`));
  });
}
