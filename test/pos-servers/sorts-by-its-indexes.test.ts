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

const PLANS: [sort: string, state: string, plan: string][] = [
  ["state", "", "SCAN pos_status USING INDEX pos_status_state"],
  ["-state", "", "SCAN pos_status USING INDEX pos_status_state"],
  ["state", "synced", "SEARCH pos_status USING INDEX pos_status_state (state_rank=?)"],
  ["-state", "synced", "SEARCH pos_status USING INDEX pos_status_state (state_rank=?)"],
  ["error", "", "SCAN pos_status USING INDEX pos_status_error"],
  ["-error", "", "SCAN pos_status USING INDEX pos_status_error"],
  ["organization", "", "SCAN pos_status USING INDEX pos_status_place"],
  ["name", "", "SCAN pos_status USING INDEX pos_status_name, then a sort of what is equal"],
  ["version", "", "SCAN pos_status USING INDEX pos_status_version_order"],
  ["lastUpdateAt", "", "SCAN pos_status USING INDEX pos_status_last_update, then a sort of what is equal"],
  ["lastSyncAt", "", "SCAN pos_status USING INDEX pos_status_last_sync"],
];

t.test("every order, also within a state, is that of an index or begins with it", async (t) => {
  for (const [sort, state, expected] of PLANS) {
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
    const plan = plans[0]?.replace(/; USE TEMP B-TREE FOR LAST .*/, ", then a sort of what is equal");
    t.equal(plan, expected, `${sort} ${state}`);
  }
});

t.test("the newest common version is found from the newest on, in its index alone", async (t) => {
  const plans = await plansOf(t, findCommonNewestVersion);
  t.equal(plans.at(-1), "SEARCH pos_status USING COVERING INDEX pos_status_version (version_sort>?)");
});
