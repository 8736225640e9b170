import type { AuditDetail } from "../audit-log/detail.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { type AcknowledgementSubject, readAcknowledgementsOf, subjectColumn } from "./acknowledgements.ts";
import { endAcknowledgementsInTime } from "./end-acknowledgements.ts";
import { isParked } from "./park-pos-server.ts";
import { queueIncidentsOf } from "./queue-changes.ts";

export interface AcknowledgementTerms {
  /** ms UTC. */
  endsAt: number;
  note: string | null;
  /** Whose acknowledgement (its id) may be replaced; null = nobody's. */
  insteadOf: number | null;
}

export interface NamedSubject extends AcknowledgementSubject {
  /** null = an incident has none. */
  name: string | null;
  /** null = it concerns several. */
  organizationId: number | null;
}

/**
 * Has somebody take care of a POS server or an incident, or changes the end or note of their acknowledgement.
 * @returns `parked`, `over`: there is nothing to take care of; `held`: somebody else has it, and `insteadOf` is not
 * theirs.
 */
export async function takeCare(
  db: Db,
  actor: Actor,
  subject: NamedSubject,
  terms: AcknowledgementTerms,
  now: number,
): Promise<"done" | "parked" | "over" | "held"> {
  return await inTransaction(db, async (trx) => {
    const refusal = await findRefusal(trx, subject);
    if (refusal) return refusal;
    await endAcknowledgementsInTime(trx, now, subject);
    const held = (await readAcknowledgementsOf(trx, subject.kind, [subject.id], now)).get(subject.id);
    const { endsAt, note } = terms;
    if (held && held.userId === actor.userId) {
      if (held.endsAt === endsAt && held.note === note) return "done";
      await trx.updateTable("acknowledgement").set({ note, endsAt }).where("id", "=", held.id).execute();
      await recordAndQueue(trx, actor, subject, "taking_change", describe(terms), now);
      return "done";
    }
    if (held && held.id !== terms.insteadOf) return "held";
    if (held) await endOne(trx, held.id, "taken_over", now);
    await trx
      .insertInto("acknowledgement")
      .values({
        [subjectColumn(subject)]: subject.id,
        userId: actor.userId,
        userName: actor.name ?? actor.login,
        note,
        takenAt: now,
        endsAt,
      })
      .execute();
    const before = held ? [{ key: "takingInsteadOf" as const, values: { name: held.userName } }] : [];
    const action = held ? "taking_over" : "taking_begin";
    await recordAndQueue(trx, actor, subject, action, [...before, ...describe(terms)], now);
    return "done";
  });
}

export async function endOwnAcknowledgement(
  db: Db,
  actor: Actor,
  subject: NamedSubject,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const held = (await readAcknowledgementsOf(trx, subject.kind, [subject.id], now)).get(subject.id);
    if (!held || held.userId !== actor.userId) return;
    await endOne(trx, held.id, "person", now);
    await recordAndQueue(trx, actor, subject, "taking_end", [], now);
  });
}

async function findRefusal(trx: Db, { kind, id }: NamedSubject): Promise<"parked" | "over" | null> {
  if (kind === "posServer") return (await isParked(trx, id)) ? "parked" : null;
  const incident = await trx
    .selectFrom("incident")
    .select("id")
    .where("id", "=", id)
    .where("closedAt", "is", null)
    .executeTakeFirst();
  return incident ? null : "over";
}

async function endOne(trx: Db, id: number, endedBy: "person" | "taken_over", now: number): Promise<void> {
  await trx.updateTable("acknowledgement").set({ endedBy, endedAt: now }).where("id", "=", id).execute();
}

async function recordAndQueue(
  trx: Db,
  actor: Actor,
  { kind, id, name, organizationId }: NamedSubject,
  action: "taking_begin" | "taking_change" | "taking_over" | "taking_end",
  detail: AuditDetail,
  now: number,
): Promise<void> {
  await queueIncidentsOf(trx, kind, [id]);
  const about =
    kind === "posServer"
      ? { posServerId: id, detail }
      : { detail: [{ key: "takingOfIncident" as const, values: { id } }, ...detail] };
  await recordEvent(trx, actor, { action, subject: name, organizationId, ...about }, now);
}

function describe({ endsAt, note }: AcknowledgementTerms): AuditDetail {
  return [
    { key: "takingUntil", values: { at: endsAt } },
    ...(note === null ? [] : [{ key: "takingNote" as const, values: { note } }]),
  ];
}
