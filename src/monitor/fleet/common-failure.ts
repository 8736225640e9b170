import { type Kysely, sql } from "kysely";
import type { Database } from "../database/schema.ts";
import { countFleet } from "./summary.ts";

const ENOUGH_POS_SERVERS = 5;
const ENOUGH_SHARE = 0.02;
const WINDOW_MS = 10 * 60_000;

/** A cause that many POS servers of the whole fleet came into within ten minutes, and since when. */
export interface CommonFailure {
  causeKey: string;
  since: number;
}

/** Finds the common failures of the whole fleet, the widest first. */
export async function findCommonFailures(db: Kysely<Database>): Promise<CommonFailure[]> {
  const fleetSize = await countFleet(db);
  const enough = Math.max(ENOUGH_POS_SERVERS, Math.ceil(ENOUGH_SHARE * fleetSize));
  const candidates = await db
    .selectFrom("pos_status")
    .select("cause_key")
    .where("cause_key", "is not", null)
    .where("standing", "=", "active")
    .groupBy("cause_key")
    .having(({ fn }) => fn.countAll(), ">=", enough)
    .orderBy(({ fn }) => fn.countAll(), "desc")
    .execute();

  const failures: CommonFailure[] = [];
  for (const { cause_key: causeKey } of candidates) {
    if (causeKey === null) continue;
    const since = await findStart(db, causeKey, enough);
    if (since !== null) failures.push({ causeKey, since });
  }
  return failures;
}

/** When the first ten minutes began in which `enough` POS servers came into the cause; null = never so many. */
async function findStart(db: Kysely<Database>, causeKey: string, enough: number): Promise<number | null> {
  const arrivals = db
    .selectFrom("pos_status")
    .select([
      "cause_since",
      sql<number | null>`lag(cause_since, ${sql.lit(enough - 1)}) over (order by cause_since)`.as(
        "windowStart",
      ),
    ])
    .where("cause_key", "=", causeKey)
    .where("standing", "=", "active");
  const { start } = await db
    .selectFrom(arrivals.as("arrival"))
    .select(({ fn }) => fn.min<number | null>("windowStart").as("start"))
    .where(({ eb }) => eb(sql<number>`cause_since - ${eb.ref("windowStart")}`, "<=", WINDOW_MS))
    .executeTakeFirstOrThrow();
  return start;
}
