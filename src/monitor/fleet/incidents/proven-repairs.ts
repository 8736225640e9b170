import { sql } from "kysely";
import type { Db } from "../../database/schema.ts";

type RepairKind = "reset" | "start" | "restart";
export type ProvenRepair = Awaited<ReturnType<ReturnType<typeof selectProvenRepairs>["execute"]>>[number];

/** Resets of a database, starts and restarts of a service after which an exchange was seen; times in ms UTC. */
export function selectProvenRepairs(db: Db) {
  const starts = db
    .selectFrom("serviceStart")
    .select(["posServerId", "requestedAt", "startedAt as begunAt", "runsAt", "syncedAt"])
    .select(sql<RepairKind>`iif(is_restart = 1, 'restart', 'start')`.as("kind"))
    .where("exchange", "=", "restored");
  return db
    .selectFrom("databaseReset")
    .select(["posServerId", "requestedAt", "begunAt", "runsAt", "syncedAt"])
    .select(sql<RepairKind>`'reset'`.as("kind"))
    .where("step", "=", "done")
    .unionAll(starts);
}

/** Whether a repair of a single incident's POS server has begun, and what became of it is not known yet. */
export async function isUnderRepair(trx: Db, incidentId: number): Promise<boolean> {
  const posServerId = trx.selectFrom("incident").select("posServerId").where("id", "=", incidentId);
  const open = await trx
    .selectFrom("databaseReset")
    .select("id")
    .where("posServerId", "=", posServerId)
    .where("begunAt", "is not", null)
    .where("finishedAt", "is", null)
    .unionAll(({ selectFrom }) =>
      selectFrom("serviceStart")
        .select("id")
        .where("posServerId", "=", posServerId)
        .where("startedAt", "is not", null)
        .where(({ or, eb }) => or([eb("finishedAt", "is", null), eb("exchange", "=", "awaited")])),
    )
    .executeTakeFirst();
  return open !== undefined;
}
