import type { Db } from "../database/schema.ts";
import type { CommonFailure } from "../fleet/common-failures.ts";
import { countCommonCauses } from "../pos-servers/common-causes.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { OrganizationAccess } from "../viewer/access.ts";

/** Counts the POS servers with the same common cause that somebody may see; 0 when the list would not group them either. */
export async function countSharing(
  db: Db,
  access: OrganizationAccess,
  { causeKey, parked }: Pick<ShownPosServer, "causeKey" | "parked">,
  failures: readonly CommonFailure[],
): Promise<number> {
  const own = parked === 1 ? [] : failures.filter((failure) => failure.causeKey === causeKey);
  const [cause] = await countCommonCauses(db, access, own);
  return cause?.posServers ?? 0;
}
