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
  const versions = await db
    .selectFrom("posStatus")
    .select([
      sql<string | null>`min(version)`.as("version"),
      ({ fn }) => fn.countAll<number>().as("posServers"),
    ])
    .where("standing", "=", "active")
    .where("versionSort", "is not", null)
    .groupBy("versionSort")
    .orderBy("versionSort", "desc")
    .execute();
  const enough = Math.max(ENOUGH_POS_SERVERS, ENOUGH_SHARE * (await countFleet(db)));
  return versions.find(({ posServers }) => posServers >= enough)?.version ?? null;
}
