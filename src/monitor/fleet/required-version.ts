import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import { countFleet } from "./summary.ts";

const ENOUGH_POS_SERVERS = 3;
const ENOUGH_SHARE = 0.05;

/**
 * The newest version that at least 3 POS servers and 5 % of the fleet run (without parked ones), in its shortest spelling;
 * null when no version is so common.
 */
export async function findCommonNewestVersion(db: Db): Promise<string | null> {
  const enough = Math.max(ENOUGH_POS_SERVERS, ENOUGH_SHARE * (await countFleet(db)));
  const common = await db
    .selectFrom("posStatus")
    .select(sql<string | null>`min(version)`.as("version"))
    .where("standing", "=", "active")
    .where("versionSort", "is not", null)
    .groupBy("versionSort")
    .having(({ fn }) => fn.countAll(), ">=", enough)
    .orderBy("versionSort", "desc")
    .limit(1)
    .executeTakeFirst();
  return common?.version ?? null;
}
