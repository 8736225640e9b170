import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql } from "kysely";
import { PROGRAM, recordEvents } from "../audit-log/record-event.ts";
import type { Database, Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { type AcknowledgementSubject, subjectColumn } from "./acknowledgements.ts";
import { queueIncidentsOf } from "./queue-changes.ts";

export const ENDS_BY_ITSELF = ["exchange", "incident", "time", "parked", "right"] as const;
type EndByItself = (typeof ENDS_BY_ITSELF)[number];
export type AcknowledgementEnd = "person" | "taken_over" | EndByItself;

type Condition = (
  eb: ExpressionBuilder<Database, "acknowledgement">,
) => ExpressionWrapper<Database, "acknowledgement", SqlBool>;

/** SQLite allows 32,766 values in a statement; an event has a dozen. */
const BATCH_EVENTS = 500;

/** Of these subjects, for what happened to them at `now` (ms UTC). */
export async function endAcknowledgementsOf(
  trx: Db,
  kind: AcknowledgementSubject["kind"],
  ids: readonly number[],
  endedBy: "exchange" | "parked" | "incident",
  now: number,
): Promise<void> {
  if (ids.length > 0) await end(trx, endedBy, now, (eb) => eb(subjectColumn({ kind }), "in", ids));
}

/** At `now` (ms UTC), of one subject or of all. */
export async function endAcknowledgementsInTime(
  db: Db,
  now: number,
  subject?: AcknowledgementSubject,
): Promise<void> {
  await end(db, "time", now, (eb) =>
    eb.and([eb("endsAt", "<=", now), ...(subject ? [eb(subjectColumn(subject), "=", subject.id)] : [])]),
  );
}

/** Of people who are blocked or lost the right, and of archived organizations. */
export async function endAcknowledgementsWithoutRight(db: Db, now: number): Promise<void> {
  await end(db, "right", now, (eb) => eb.not(eb.exists(rightOfTaker(eb))));
}

/** The same rule as `mayStillAct` for one person. */
function rightOfTaker({ selectFrom }: ExpressionBuilder<Database, "acknowledgement">) {
  return selectFrom("user")
    .innerJoin("organization", (join) => join.onTrue())
    .whereRef("user.id", "=", "acknowledgement.userId")
    .where((eb) => {
      const ofPosServer = eb
        .selectFrom("posServer")
        .select("organizationId")
        .whereRef("id", "=", "acknowledgement.posServerId");
      const ofIncident = eb
        .selectFrom("incidentOrganization")
        .select("organizationId")
        .whereRef("incidentId", "=", "acknowledgement.incidentId");
      return eb.or([eb("organization.id", "=", ofPosServer), eb("organization.id", "in", ofIncident)]);
    })
    .where("user.isBlocked", "=", 0)
    .where("organization.archivedAt", "is", null)
    .where((eb) =>
      eb.or([
        eb("user.isAdministrator", "=", 1),
        eb("user.hasAllOrganizations", "=", 1),
        eb.exists(
          eb
            .selectFrom("userOrganization")
            .whereRef("userOrganization.userId", "=", "user.id")
            .whereRef("userOrganization.organizationId", "=", "organization.id")
            .select(sql.lit(1).as("one")),
        ),
      ]),
    )
    .select(sql.lit(1).as("one"));
}

async function end(db: Db, endedBy: EndByItself, now: number, condition: Condition): Promise<void> {
  await inTransaction(db, async (trx) => {
    const ended = await trx
      .updateTable("acknowledgement")
      .set(({ fn }) => ({ endedBy, endedAt: fn<number>("min", ["endsAt", sql.val(now)]) }))
      .where("endedAt", "is", null)
      .where(condition)
      .returning(["posServerId", "incidentId", "userName as name"])
      .execute();
    for (let at = 0; at < ended.length; at += BATCH_EVENTS) {
      await recordEnds(trx, ended.slice(at, at + BATCH_EVENTS), endedBy, now);
    }
  });
}

async function recordEnds(
  trx: Db,
  ended: { posServerId: number | null; incidentId: number | null; name: string }[],
  how: EndByItself,
  now: number,
): Promise<void> {
  const ids = ended.flatMap(({ posServerId }) => posServerId ?? []);
  const incidentIds = ended.flatMap(({ incidentId }) => incidentId ?? []);
  await queueIncidentsOf(trx, "posServer", ids);
  await queueIncidentsOf(trx, "incident", incidentIds);
  const posServers = await trx
    .selectFrom("posServer")
    .select(["id", "name", "organizationId"])
    .where("id", "in", ids)
    .execute();
  const found = new Map(posServers.map((posServer) => [posServer.id, posServer]));
  const events = ended.map(({ posServerId, incidentId, name }) => {
    const posServer = posServerId === null ? undefined : found.get(posServerId);
    return {
      action: "taking_end" as const,
      subject: posServer?.name ?? null,
      organizationId: posServer?.organizationId ?? null,
      posServerId,
      detail: [
        ...(incidentId === null ? [] : [{ key: "takingOfIncident" as const, values: { id: incidentId } }]),
        { key: "takingEnded" as const, values: { name, end: how } },
      ],
    };
  });
  await recordEvents(trx, PROGRAM, events, now);
}
