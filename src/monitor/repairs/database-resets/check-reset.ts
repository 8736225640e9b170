import type { Db } from "../../database/schema.ts";
import { isHeldBack } from "../../installation/restored-copy.ts";
import { readSettings } from "../../installation/settings.ts";
import { canBeCalled, isUnprotected } from "../../restaurants/pos-server-to-call.ts";

/** What the registry, the last report and the settings say against a reset; null = nothing. */
export async function findObstacle(db: Db, posServerId: number) {
  const { parked, state, ...way } = await db
    .selectFrom("posServer")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["parked", "connection", "address", "state"])
    .where("posServer.id", "=", posServerId)
    .executeTakeFirstOrThrow();
  if (await isHeldBack(db)) return "restored_copy";
  if (parked === 1) return "parked";
  if (!canBeCalled(way)) return "no_address";
  if (state === "unsupported") return "unsupported";
  if (!isUnprotected(way)) return null;
  const { allowUnprotectedResets } = await readSettings(db);
  return allowUnprotectedResets ? null : "unprotected";
}
