import { join } from "node:path";
import { type CompiledQuery, Kysely, SqliteDialect } from "kysely";
import t, { type Test } from "tap";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import { CAMEL_CASE, openDatabase } from "../../src/monitor/database/open.ts";
import type { Database, Db } from "../../src/monitor/database/schema.ts";
import { parseFilter } from "../../src/monitor/filter/filter.ts";
import { listPosServers } from "../../src/monitor/filter/list-pos-servers.ts";
import { SEARCHED_FOR_NOTHING } from "../../src/monitor/filter/searched-for.ts";
import { findCommonNewestVersion } from "../../src/monitor/fleet/fleet.ts";
import { makeFolder } from "../helpers/folder.ts";

/** More than are sorted by hand. */
const MANY = { found: 100_000, outside: 0 };

/** How SQLite would answer what is asked, in the words of `explain query plan`, one for each query. */
async function plansOf(t: Test, ask: (db: Db) => Promise<unknown>): Promise<string[]> {
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
  await ask(db);
  return queries.map(({ sql, parameters }) => {
    const steps = sqlite.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`);
    return steps
      .all(...parameters)
      .map(({ detail }) => detail)
      .join("; ");
  });
}

async function planOfList(t: Test, sort: string, state = ""): Promise<string> {
  const { filter } = parseFilter({ sort, state });
  const query = {
    filter,
    ...SEARCHED_FOR_NOTHING,
    access: "all",
    groupedCauses: [],
    now: Date.now(),
  } as const;
  const plans = await plansOf(t, (db) => listPosServers(db, query, MANY));
  t.equal(plans.length, 1);
  return plans.join();
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

t.test("the newest common version is found from the newest on, in its index alone", async (t) => {
  const plans = await plansOf(t, findCommonNewestVersion);
  t.equal(plans.at(-1), "SEARCH pos_status USING COVERING INDEX pos_status_version (version_sort>?)");
});
