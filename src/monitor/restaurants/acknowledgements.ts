import type { Selectable } from "kysely";
import { idList } from "../database/id-list.ts";
import type { Db } from "../database/schema.ts";
import type { AcknowledgementTable } from "../database/tables/registry-tables.ts";
import {
  findAccessOf,
  includesOrganization,
  isVisibleTo,
  type OrganizationAccess,
} from "../viewer/access.ts";

/** A POS server, or a common incident. */
export interface AcknowledgementSubject {
  kind: "posServer" | "incident";
  id: number;
}

export interface Acknowledgement
  extends Pick<
    Selectable<AcknowledgementTable>,
    "id" | "userId" | "userName" | "note" | "takenAt" | "endsAt"
  > {
  /** The incident also concerns organizations that this person may not see. */
  isPartial?: boolean;
}

const COLUMNS = [
  "acknowledgement.id",
  "acknowledgement.userId",
  "acknowledgement.userName",
  "acknowledgement.note",
  "acknowledgement.takenAt",
  "acknowledgement.endsAt",
] as const;

/** The column that holds the ids of such subjects. */
export function subjectColumn({ kind }: Pick<AcknowledgementSubject, "kind">): "posServerId" | "incidentId" {
  return `${kind}Id`;
}

/**
 * Who takes care of these POS servers at `now` (ms UTC), by id: of themselves, or else of an incident that they are in and
 * that person may see.
 */
export async function readAcknowledgements(
  db: Db,
  posServerIds: readonly number[],
  now: number,
): Promise<Map<number, Acknowledgement>> {
  if (posServerIds.length === 0) return new Map();
  const ofIncidents = await db
    .selectFrom("incidentMember")
    .innerJoin("acknowledgement", "acknowledgement.incidentId", "incidentMember.incidentId")
    .select(["incidentMember.posServerId as subjectId", "organizationId", ...COLUMNS])
    .where("incidentMember.posServerId", "in", idList(posServerIds))
    .where("incidentMember.status", "!=", "left")
    .where("acknowledgement.endedAt", "is", null)
    .where("acknowledgement.endsAt", ">", now)
    .execute();
  const own = await readAcknowledgementsOf(db, "posServer", posServerIds, now);
  const accessOf = await findAccessOfTakers(db, ofIncidents);
  const others = ofIncidents.flatMap(
    ({ subjectId, organizationId, ...acknowledgement }): [number, Acknowledgement][] =>
      subjectId !== null && includesOrganization(accessOf(acknowledgement), organizationId)
        ? [[subjectId, acknowledgement]]
        : [],
  );
  return new Map([...others, ...own]);
}

/** Of these incidents at `now` (ms UTC), by id, as this viewer may see it. */
export async function readAcknowledgementsOfMany(
  db: Db,
  access: OrganizationAccess,
  incidentIds: readonly number[],
  now: number,
): Promise<Map<number, Acknowledgement>> {
  const acknowledgements = await readAcknowledgementsOf(db, "incident", incidentIds, now);
  const accessOf = await findAccessOfTakers(db, [...acknowledgements.values()]);
  const concerned = await db
    .selectFrom("incidentOrganization")
    .select(["incidentId", "organizationId"])
    .where("incidentId", "in", idList(acknowledgements.keys()))
    .where("failing", ">", 0)
    .where(isVisibleTo(access, "organizationId"))
    .execute();
  for (const { incidentId, organizationId } of concerned) {
    const acknowledgement = acknowledgements.get(incidentId);
    if (acknowledgement && !includesOrganization(accessOf(acknowledgement), organizationId))
      acknowledgement.isPartial = true;
  }
  return acknowledgements;
}

async function findAccessOfTakers(db: Db, acknowledgements: readonly Pick<Acknowledgement, "userId">[]) {
  const found = new Map<number | null, OrganizationAccess>();
  for (const { userId } of acknowledgements)
    if (!found.has(userId)) found.set(userId, await findAccessOf(db, userId));
  return ({ userId }: Pick<Acknowledgement, "userId">) => found.get(userId) ?? [];
}

/** Of subjects of one kind at `now` (ms UTC), by id. */
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
    .where(column, "in", idList(ids))
    .where("endedAt", "is", null)
    .where("endsAt", ">", now)
    .execute();
  return new Map(
    rows.flatMap(({ subjectId, ...acknowledgement }): [number, Acknowledgement][] =>
      subjectId === null ? [] : [[subjectId, acknowledgement]],
    ),
  );
}

/** Who takes care of a subject at `now` (ms UTC), and who did before; null = nobody. */
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

/** With how it ended; null = nothing ended it, though its time may be over. */
export type PastAcknowledgement = Awaited<ReturnType<typeof listAcknowledgements>>[number];

/** Newest first. */
export async function listAcknowledgements(db: Db, { kind, id }: AcknowledgementSubject, limit: number) {
  return await db
    .selectFrom("acknowledgement")
    .select([...COLUMNS, "endedAt", "endedBy"])
    .where(subjectColumn({ kind }), "=", id)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}
