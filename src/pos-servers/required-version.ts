import { type Kysely, sql } from "kysely";
import type { Database } from "../database/schema.ts";

const ENOUGH_POS_SERVERS = 3;
const ENOUGH_SHARE = 0.05;

/**
 * The newest version that at least 3 POS servers and 5 % of the fleet run (parked ones aside), in its shortest
 * spelling; null when no version is so common.
 */
export async function findCommonNewestVersion(db: Kysely<Database>): Promise<string | null> {
  const versions = await db
    .selectFrom("pos_status")
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .select([
      "version_sort",
      sql<string | null>`min(version)`.as("version"),
      ({ fn }) => fn.countAll<number>().as("posServers"),
    ])
    .where("pos_server.parked", "=", 0)
    .groupBy("version_sort")
    .orderBy("version_sort", "desc")
    .execute();
  const fleetSize = versions.reduce((sum, { posServers }) => sum + posServers, 0);
  const enough = Math.max(ENOUGH_POS_SERVERS, ENOUGH_SHARE * fleetSize);
  return (
    versions.find(({ version_sort, posServers }) => version_sort !== null && posServers >= enough)?.version ??
    null
  );
}
