import type { Db } from "../database/schema.ts";
import { includesOrganization, isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import { findAccessOf } from "../viewer/rights.ts";

/** What somebody takes care of: a POS server, or an incident of many. */
export interface TakingSubject {
  kind: "pos_server" | "incident";
  id: number;
}

/** Who takes care of it. */
export interface Taking {
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
  "taking.id",
  "taking.user_id as userId",
  "taking.user_name as userName",
  "taking.note",
  "taking.taken_at as takenAt",
  "taking.ends_at as endsAt",
] as const;

/** The column with the subjects of one kind. */
export function subjectColumn({ kind }: Pick<TakingSubject, "kind">): "pos_server_id" | "incident_id" {
  return `${kind}_id`;
}

/**
 * Who takes care of these POS servers at `now` (ms UTC), by their ids: of themselves, or else of the incident that they are in, as far as
 * that person may see them.
 */
export async function readTakings(
  db: Db,
  posServerIds: readonly number[],
  now: number,
): Promise<Map<number, Taking>> {
  if (posServerIds.length === 0) return new Map();
  const ofIncidents = await db
    .selectFrom("incident_member")
    .innerJoin("taking", "taking.incident_id", "incident_member.incident_id")
    .select(["incident_member.pos_server_id as subjectId", "organization_id as organizationId", ...COLUMNS])
    .where("incident_member.pos_server_id", "in", posServerIds)
    .where("incident_member.status", "!=", "left")
    .where("taking.ended_at", "is", null)
    .where("taking.ends_at", ">", now)
    .execute();
  const own = await readTakingsOf(db, "pos_server", posServerIds, now);
  const accessOf = await findAccessOfTakers(db, ofIncidents);
  const others = ofIncidents.flatMap(({ subjectId, organizationId, ...taking }): [number, Taking][] =>
    subjectId !== null && includesOrganization(accessOf(taking), organizationId) ? [[subjectId, taking]] : [],
  );
  return new Map([...others, ...own]);
}

/** Who takes care of these incidents at `now` (ms UTC), by their ids, as it is said to somebody who may see these organizations. */
export async function readTakingsOfMany(
  db: Db,
  access: OrganizationAccess,
  incidentIds: readonly number[],
  now: number,
): Promise<Map<number, Taking>> {
  const takings = await readTakingsOf(db, "incident", incidentIds, now);
  const accessOf = await findAccessOfTakers(db, [...takings.values()]);
  const concerned = await db
    .selectFrom("incident_organization")
    .select(["incident_id as incidentId", "organization_id as organizationId"])
    .where("incident_id", "in", [...takings.keys()])
    .where("failing", ">", 0)
    .where(isVisibleTo(access, "organization_id"))
    .execute();
  for (const { incidentId, organizationId } of concerned) {
    const taking = takings.get(incidentId);
    if (taking && !includesOrganization(accessOf(taking), organizationId)) taking.isPartial = true;
  }
  return takings;
}

/** What those who take care may see. */
async function findAccessOfTakers(
  db: Db,
  takings: readonly Pick<Taking, "userId">[],
): Promise<(taking: Pick<Taking, "userId">) => OrganizationAccess> {
  const found = new Map<number | null, OrganizationAccess>();
  for (const { userId } of takings) if (!found.has(userId)) found.set(userId, await findAccessOf(db, userId));
  return ({ userId }) => found.get(userId) ?? [];
}

/** Who takes care of the subjects of one kind themselves at `now` (ms UTC), by their ids. */
export async function readTakingsOf(
  db: Db,
  kind: TakingSubject["kind"],
  ids: readonly number[],
  now: number,
): Promise<Map<number, Taking>> {
  if (ids.length === 0) return new Map();
  const column = subjectColumn({ kind });
  const rows = await db
    .selectFrom("taking")
    .select([`${column} as subjectId`, ...COLUMNS])
    .where(column, "in", ids)
    .where("ended_at", "is", null)
    .where("ends_at", ">", now)
    .execute();
  return new Map(
    rows.flatMap(({ subjectId, ...taking }): [number, Taking][] =>
      subjectId === null ? [] : [[subjectId, taking]],
    ),
  );
}

/** Who takes care of a subject itself at `now` (ms UTC), and who did before: null where nobody does or did. */
export async function findTakings(
  db: Db,
  { kind, id }: TakingSubject,
  now: number,
): Promise<{ current: Taking | null; last: Taking | null }> {
  const current = (await readTakingsOf(db, kind, [id], now)).get(id) ?? null;
  const last = await db
    .selectFrom("taking")
    .select(COLUMNS)
    .where(subjectColumn({ kind }), "=", id)
    .where("id", "!=", current?.id ?? 0)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return { current, last: last ?? null };
}

/** A taking with how it ended: null while nothing has ended it, though its time may be over. */
export type PastTaking = Awaited<ReturnType<typeof listTakings>>[number];

/** The last takings of a subject, newest first. */
export async function listTakings(db: Db, { kind, id }: TakingSubject, limit: number) {
  return await db
    .selectFrom("taking")
    .select([...COLUMNS, "ended_at as endedAt", "ended_by as endedBy"])
    .where(subjectColumn({ kind }), "=", id)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}
