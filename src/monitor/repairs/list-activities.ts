import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { DatabaseResetStep } from "./database-resets/step.ts";

/** What is being done to a POS server at the moment. */
export type Activity = { kind: "reset"; id: number; step: DatabaseResetStep } | { kind: "start"; id: number };

/** What is being done to which POS server: the few rows of two small indexes, whatever the size of the fleet. */
export async function listActivities(db: Kysely<Database>): Promise<Map<number, Activity>> {
  const starts = await db
    .selectFrom("service_start")
    .select(["id", "pos_server_id as posServerId"])
    .where("finished_at", "is", null)
    .execute();
  const resets = await db
    .selectFrom("database_reset")
    .select(["id", "pos_server_id as posServerId", "step"])
    .where("finished_at", "is", null)
    .execute();
  return new Map<number, Activity>([
    ...starts.map(({ posServerId, id }): [number, Activity] => [posServerId, { kind: "start", id }]),
    ...resets.map(({ posServerId, id, step }): [number, Activity] => [
      posServerId,
      { kind: "reset", id, step },
    ]),
  ]);
}
