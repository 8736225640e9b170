import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";

/** Who takes care of a POS server. */
export interface Taking {
  id: number;
  /** null = that user is gone. */
  userId: number | null;
  userName: string;
  note: string | null;
  takenAt: number;
  endsAt: number;
}

const COLUMNS = [
  "id",
  "user_id as userId",
  "user_name as userName",
  "note",
  "taken_at as takenAt",
  "ends_at as endsAt",
] as const;

/** Who takes care of these POS servers at `now` (ms UTC), by their ids. */
export async function readTakings(
  db: Kysely<Database>,
  posServerIds: readonly number[],
  now: number,
): Promise<Map<number, Taking>> {
  if (posServerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("taking")
    .select(["pos_server_id as posServerId", ...COLUMNS])
    .where("pos_server_id", "in", posServerIds)
    .where("ended_at", "is", null)
    .where("ends_at", ">", now)
    .execute();
  return new Map(rows.map(({ posServerId, ...taking }) => [posServerId, taking]));
}

/** Who takes care of a POS server at `now` (ms UTC), and who did before: null where nobody does or did. */
export async function findTakings(
  db: Kysely<Database>,
  posServerId: number,
  now: number,
): Promise<{ current: Taking | null; last: Taking | null }> {
  const current = (await readTakings(db, [posServerId], now)).get(posServerId) ?? null;
  const last = await db
    .selectFrom("taking")
    .select(COLUMNS)
    .where("pos_server_id", "=", posServerId)
    .where("id", "!=", current?.id ?? 0)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return { current, last: last ?? null };
}

/** A taking with how it ended: null while nothing has ended it, though its time may be over. */
export type PastTaking = Awaited<ReturnType<typeof listTakings>>[number];

/** The last takings of a POS server, newest first. */
export async function listTakings(db: Kysely<Database>, posServerId: number, limit: number) {
  return await db
    .selectFrom("taking")
    .select([...COLUMNS, "ended_at as endedAt", "ended_by as endedBy"])
    .where("pos_server_id", "=", posServerId)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}
