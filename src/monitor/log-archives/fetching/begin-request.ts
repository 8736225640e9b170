import type { Kysely } from "kysely";
import type { Actor } from "../../audit-log/record-event.ts";
import type { Database } from "../../database/schema.ts";
import { actorOf } from "../../requests/actor-columns.ts";

/** A log request that is worked on. Times are ms UTC of the monitor's clock. */
export interface RunningRequest {
  id: number;
  posServerId: number;
  posServerName: string;
  organizationId: number;
  organizationName: string;
  crmId: string;
  fromAt: number;
  toAt: number;
  maxBytes: number;
  /** Whether its archives are planned already, before a restart. */
  isPlanned: boolean;
  actor: Actor;
}

/** Marks a request as running and reads what it asks for. @returns null when it is finished, or its POS server deleted. */
export async function beginRequest(
  db: Kysely<Database>,
  id: number,
  now: number,
): Promise<RunningRequest | null> {
  await db
    .updateTable("log_request")
    .set((row) => ({ status: "running", started_at: row.fn.coalesce("started_at", row.val(now)) }))
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .execute();
  const row = await db
    .selectFrom("log_request")
    .innerJoin("pos_server", "pos_server.id", "log_request.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .selectAll("log_request")
    .select(["pos_server.name as posServerName", "organization.id as organizationId"])
    .select(["organization.name as organizationName", "organization.crm_id as crmId"])
    .where("log_request.id", "=", id)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  if (!row) return null;

  const { posServerName, organizationId, organizationName, crmId } = row;
  return {
    id,
    posServerId: row.pos_server_id,
    posServerName,
    organizationId,
    organizationName,
    crmId,
    fromAt: row.from_at,
    toAt: row.to_at,
    maxBytes: row.max_bytes,
    isPlanned: row.planned_files !== null,
    actor: actorOf(row),
  };
}
