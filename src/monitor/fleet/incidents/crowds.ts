import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { countFleet } from "../summary.ts";
import { CROWD_MS } from "./common-step.ts";

const ENOUGH_POS_SERVERS = 5;
const ENOUGH_SHARE = 0.02;

/** Many POS servers of the whole fleet that came into a cause within ten minutes. `since`: ms UTC. */
export interface FoundCrowd {
  causeKey: string;
  since: number;
}

export async function readCrowdSize(db: Db): Promise<number> {
  return Math.max(ENOUGH_POS_SERVERS, Math.ceil(ENOUGH_SHARE * (await countFleet(db))));
}

/** Finds crowds of at least `enough` POS servers, the widest first, except of `known` causes. */
export async function findCrowds(
  db: Db,
  enough: number,
  known: readonly string[] = [],
): Promise<FoundCrowd[]> {
  const candidates = await db
    .selectFrom("posStatus")
    .select("causeKey")
    .where("causeKey", "is not", null)
    .where("standing", "=", "active")
    .$if(known.length > 0, (query) => query.where("causeKey", "not in", known))
    .groupBy("causeKey")
    .having(({ fn }) => fn.countAll(), ">=", enough)
    .orderBy(({ fn }) => fn.countAll(), "desc")
    .execute();

  const crowds: FoundCrowd[] = [];
  for (const { causeKey } of candidates) {
    if (causeKey === null) continue;
    const since = await findStart(db, causeKey, enough);
    if (since !== null) crowds.push({ causeKey, since });
  }
  return crowds;
}

/** When the first ten minutes began in which `enough` POS servers came into the cause. */
async function findStart(db: Db, causeKey: string, enough: number): Promise<number | null> {
  const arrivals = db
    .selectFrom("posStatus")
    .select([
      "causeSince",
      sql<number | null>`lag(cause_since, ${sql.lit(enough - 1)}) over (order by cause_since)`.as(
        "windowStart",
      ),
    ])
    .where("causeKey", "=", causeKey)
    .where("standing", "=", "active");
  const { start } = await db
    .selectFrom(arrivals.as("arrival"))
    .select(({ fn }) => fn.min<number | null>("windowStart").as("start"))
    .where(({ eb }) => eb(sql<number>`cause_since - ${eb.ref("windowStart")}`, "<=", CROWD_MS))
    .executeTakeFirstOrThrow();
  return start;
}
