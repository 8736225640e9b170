import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { CommonFailure } from "../fleet/common-failure.ts";
import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import { GROUPED_FROM } from "../pos-servers/common-causes.ts";
import { isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";

/** Counts the POS servers with the same common cause that somebody may see; 0 when the list would not group them either. */
export async function countSharing(
  db: Kysely<Database>,
  access: OrganizationAccess,
  { causeKey, parked }: Pick<ShownPosServer, "causeKey" | "parked">,
  failures: readonly CommonFailure[],
): Promise<number> {
  if (parked === 1 || !failures.some((failure) => failure.causeKey === causeKey)) return 0;
  const { posServers } = await db
    .selectFrom("pos_status")
    .select(({ fn }) => fn.countAll<number>().as("posServers"))
    .where("cause_key", "=", causeKey)
    .where("standing", "=", "active")
    .where(isVisibleTo(access, "organization_id"))
    .executeTakeFirstOrThrow();
  return posServers >= GROUPED_FROM ? posServers : 0;
}
