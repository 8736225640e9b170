import type { Db } from "../database/schema.ts";
import { includesOrganization, isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import { findAccessOf } from "../viewer/rights.ts";

/** What somebody takes care of: a POS server, or an incident of many. */
export interface AcknowledgementSubject {
  kind: "pos_server" | "incident";
  id: number;
}

/** Who takes care of it. */
export interface Acknowledgement {
  id: number;
  /** null = that user is gone. */
  userId: number | null;
  userName: string;
  note: string | null;
  takenAt: number;
  endsAt: number;
  /** Of an incident that concerns more organizations than its person may see: it is none of the others. */
  isPartial?: boolean;
}

const COLUMNS = [
  "acknowledgement.id",
  "acknowledgement.user_id as userId",
  "acknowledgement.user_name as userName",
  "acknowledgement.note",
  "acknowledgement.taken_at as takenAt",
  "acknowledgement.ends_at as endsAt",
] as const;

/** The column with the subjects of one kind. */
export function subjectColumn({
  kind,
}: Pick<AcknowledgementSubject, "kind">): "pos_server_id" | "incident_id" {
  return `${kind}_id`;
}

/**
 * Who takes care of these POS servers at `now` (ms UTC), by their ids: of themselves, or else of the incident that they are in, as far as
 * that person may see them.
 */
export async function readAcknowledgements(
  db: Db,
  posServerIds: readonly number[],
  now: number,
): Promise<Map<number, Acknowledgement>> {
  if (posServerIds.length === 0) return new Map();
  const ofIncidents = await db
    .selectFrom("incident_member")
    .innerJoin("acknowledgement", "acknowledgement.incident_id", "incident_member.incident_id")
    .select(["incident_member.pos_server_id as subjectId", "organization_id as organizationId", ...COLUMNS])
    .where("incident_member.pos_server_id", "in", posServerIds)
    .where("incident_member.status", "!=", "left")
    .where("acknowledgement.ended_at", "is", null)
    .where("acknowledgement.ends_at", ">", now)
    .execute();
  const own = await readAcknowledgementsOf(db, "pos_server", posServerIds, now);
  const accessOf = await findAccessOfTakers(db, ofIncidents);
  const others = ofIncidents.flatMap(
    ({ subjectId, organizationId, ...acknowledgement }): [number, Acknowledgement][] =>
      subjectId !== null && includesOrganization(accessOf(acknowledgement), organizationId)
        ? [[subjectId, acknowledgement]]
        : [],
  );
  return new Map([...others, ...own]);
}

/** Who takes care of these incidents at `now` (ms UTC), by their ids, as it is said to somebody who may see these organizations. */
export async function readAcknowledgementsOfMany(
  db: Db,
  access: OrganizationAccess,
  incidentIds: readonly number[],
  now: number,
): Promise<Map<number, Acknowledgement>> {
  const acknowledgements = await readAcknowledgementsOf(db, "incident", incidentIds, now);
  const accessOf = await findAccessOfTakers(db, [...acknowledgements.values()]);
  const concerned = await db
    .selectFrom("incident_organization")
    .select(["incident_id as incidentId", "organization_id as organizationId"])
    .where("incident_id", "in", [...acknowledgements.keys()])
    .where("failing", ">", 0)
    .where(isVisibleTo(access, "organization_id"))
    .execute();
  for (const { incidentId, organizationId } of concerned) {
    const acknowledgement = acknowledgements.get(incidentId);
    if (acknowledgement && !includesOrganization(accessOf(acknowledgement), organizationId))
      acknowledgement.isPartial = true;
  }
  return acknowledgements;
}

/** What those who take care may see. */
async function findAccessOfTakers(
  db: Db,
  acknowledgements: readonly Pick<Acknowledgement, "userId">[],
): Promise<(acknowledgement: Pick<Acknowledgement, "userId">) => OrganizationAccess> {
  const found = new Map<number | null, OrganizationAccess>();
  for (const { userId } of acknowledgements)
    if (!found.has(userId)) found.set(userId, await findAccessOf(db, userId));
  return ({ userId }) => found.get(userId) ?? [];
}

/** Who takes care of the subjects of one kind themselves at `now` (ms UTC), by their ids. */
export async function readAcknowledgementsOf(
  db: Db,
  kind: AcknowledgementSubject["kind"],
  ids: readonly number[],
  now: number,
): Promise<Map<number, Acknowledgement>> {
  if (ids.length === 0) return new Map();
  const column = subjectColumn({ kind });
  const rows = await db
    .selectFrom("acknowledgement")
    .select([`${column} as subjectId`, ...COLUMNS])
    .where(column, "in", ids)
    .where("ended_at", "is", null)
    .where("ends_at", ">", now)
    .execute();
  return new Map(
    rows.flatMap(({ subjectId, ...acknowledgement }): [number, Acknowledgement][] =>
      subjectId === null ? [] : [[subjectId, acknowledgement]],
    ),
  );
}

/** Who takes care of a subject itself at `now` (ms UTC), and who did before: null where nobody does or did. */
export async function findAcknowledgements(
  db: Db,
  { kind, id }: AcknowledgementSubject,
  now: number,
): Promise<{ current: Acknowledgement | null; last: Acknowledgement | null }> {
  const current = (await readAcknowledgementsOf(db, kind, [id], now)).get(id) ?? null;
  const last = await db
    .selectFrom("acknowledgement")
    .select(COLUMNS)
    .where(subjectColumn({ kind }), "=", id)
    .where("id", "!=", current?.id ?? 0)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return { current, last: last ?? null };
}

/** An acknowledgement with how it ended: null while nothing has ended it, though its time may be over. */
export type PastAcknowledgement = Awaited<ReturnType<typeof listAcknowledgements>>[number];

/** The last acknowledgements of a subject, newest first. */
export async function listAcknowledgements(db: Db, { kind, id }: AcknowledgementSubject, limit: number) {
  return await db
    .selectFrom("acknowledgement")
    .select([...COLUMNS, "ended_at as endedAt", "ended_by as endedBy"])
    .where(subjectColumn({ kind }), "=", id)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}
