import type { OperandExpression } from "kysely";
import type { Db } from "../database/schema.ts";
import type { AcknowledgementSubject } from "./acknowledgements.ts";

/** Ids, or a query for them. */
export type Ids = readonly number[] | OperandExpression<number | null>;

/** Queues POS servers for `keepIncidents`. Call it in the transaction that changes their state, cause or standing. */
export async function queueTroubleChanges(trx: Db, posServers: Ids): Promise<void> {
  if (isEmpty(posServers)) return;
  await trx
    .insertInto("troubleChange")
    .columns(["posServerId"])
    .expression(trx.selectFrom("posStatus").select("posServerId").where("posServerId", "in", posServers))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Queues incidents for `queueNotifications`. Call it in the transaction that changes them, their members or acknowledgements. */
export async function queueIncidentChanges(trx: Db, incidents: Ids): Promise<void> {
  if (isEmpty(incidents)) return;
  await trx
    .insertInto("incidentChange")
    .columns(["incidentId", "dueAt"])
    .expression(
      trx
        .selectFrom("incident")
        .select(({ val }) => ["id", val(0).as("dueAt")])
        .where("id", "in", incidents),
    )
    .onConflict((conflict) =>
      conflict.column("incidentId").doUpdateSet({ dueAt: 0 }).where("incidentChange.dueAt", ">", 0),
    )
    .execute();
}

/** For changes of channels, rules, tags or rights: all open incidents, and closed ones whose end was not notified yet. */
export async function queueAllIncidents(trx: Db): Promise<void> {
  const unended = trx.selectFrom("message").select("incidentId").where("says", "=", "failing");
  const open = trx
    .selectFrom("incident")
    .select("id")
    .where(({ or, eb }) => or([eb("closedAt", "is", null), eb("id", "in", unended)]));
  await queueIncidentChanges(trx, open);
}

/** Queues the incidents whose notifications say what is done about these subjects. */
export async function queueIncidentsOf(
  trx: Db,
  kind: AcknowledgementSubject["kind"],
  ids: readonly number[],
): Promise<void> {
  if (kind === "incident" || ids.length === 0) return await queueIncidentChanges(trx, ids);
  const members = trx
    .selectFrom("incidentMember")
    .select("incidentId")
    .where("posServerId", "in", ids)
    .where("status", "!=", "left");
  await queueIncidentChanges(trx, members);
}

function isEmpty(ids: Ids): boolean {
  return "length" in ids && ids.length === 0;
}
