import { type ExpressionBuilder, type Selectable, type SqlBool, sql } from "kysely";
import { packRows, unpackRows } from "../../database/packed-rows.ts";
import type { Database, Db } from "../../database/schema.ts";
import type {
  IncidentEventTable,
  IncidentMemberTable,
  IncidentTable,
} from "../../database/tables/incident-tables.ts";
import { inBatches, inTransaction } from "../../database/transaction.ts";
import { selectProvenRepairs } from "./proven-repairs.ts";

/** So many ids, in order, are packed together. */
const PACK_IDS = 128;

type PackedTables = {
  incident: Omit<Selectable<IncidentTable>, "failing" | "paused" | "members">[];
  incidentMember: Selectable<IncidentMemberTable>[];
  incidentEvent: Selectable<IncidentEventTable>[];
};

/**
 * Packs single incidents where all of neighbouring ids were closed before a moment (ms UTC) and nobody has still to be
 * notified of one. `withIncident` finds them. @returns how many.
 */
export async function packOldIncidents(db: Db, closedBefore: number): Promise<number> {
  let packed = 0;
  let next = 0;
  await inBatches(1, async () => {
    const first = await db
      .selectFrom("incident")
      .select(["id", "openedAt"])
      .where("id", ">=", next)
      .where(isPackable(db))
      .orderBy("id")
      .limit(1)
      .executeTakeFirst();
    if (!first || first.openedAt >= closedBefore) return 0;
    const pack = Math.floor(first.id / PACK_IDS);
    next = (pack + 1) * PACK_IDS;
    packed += await inTransaction(db, (trx) => packIncidents(trx, pack, closedBefore));
    return 1;
  });
  return packed;
}

async function packIncidents(trx: Db, pack: number, closedBefore: number): Promise<number> {
  const rows = await trx
    .selectFrom("incident")
    .selectAll()
    .where("id", ">=", pack * PACK_IDS)
    .where("id", "<", (pack + 1) * PACK_IDS)
    .where(isPackable(trx))
    .execute();
  const closings = rows.map(({ closedAt }) => closedAt ?? Number.POSITIVE_INFINITY);
  const lastClosedAt = Math.max(...closings);
  const ids = rows.map(({ id }) => id);
  if (lastClosedAt >= closedBefore || (await isAnyAwaited(trx, ids))) return 0;
  const members = await trx
    .selectFrom("incidentMember")
    .leftJoin("posServer", "posServer.id", "incidentMember.posServerId")
    .selectAll("incidentMember")
    .select(({ fn }) => fn.coalesce("posServer.name", "posServerName").as("posServerName"))
    .where("incidentId", "in", ids)
    .execute();
  const incidentEvent = await trx
    .selectFrom("incidentEvent")
    .selectAll()
    .where("incidentId", "in", ids)
    .orderBy("id")
    .execute();
  // The counts come back with the members.
  const incident = rows.map(({ failing: _failing, paused: _paused, members: _members, ...row }) => row);
  const tables: PackedTables = { incident, incidentMember: members, incidentEvent };
  await trx
    .insertInto("packedIncident")
    .values({ id: pack, lastClosedAt, rows: packRows(tables) })
    .execute();
  await trx.deleteFrom("incident").where("id", "in", ids).execute();
  return ids.length;
}

/** What a repair has ended stays, since it says what helps; a pack is made once. */
function isPackable(db: Db) {
  return ({ and, eb, not, exists, selectFrom }: ExpressionBuilder<Database, "incident">) =>
    and([
      eb("kind", "=", "single"),
      not(
        exists(
          selectFrom(selectProvenRepairs(db).as("repair"))
            .select("repair.kind")
            .whereRef("repair.posServerId", "=", "incident.posServerId")
            .whereRef("repair.begunAt", ">=", "incident.failingSince")
            .whereRef("repair.begunAt", "<=", "incident.closedAt"),
        ),
      ),
      sql<SqlBool>`not exists (select 1 from packed_incident where id = incident.id / ${sql.lit(PACK_IDS)})`,
    ]);
}

/** Whether somebody waits for a message about one of these, or for that of its end. */
async function isAnyAwaited(trx: Db, incidentIds: readonly number[]): Promise<boolean> {
  const awaited = await trx
    .selectFrom("message")
    .leftJoin("delivery", (join) =>
      join.onRef("delivery.messageId", "=", "message.id").on("finishedAt", "is", null),
    )
    .select("message.id")
    .where("incidentId", "in", incidentIds)
    .where(({ or, eb }) => or([eb("says", "=", "failing"), eb("delivery.id", "is not", null)]))
    .limit(1)
    .executeTakeFirst();
  return awaited !== undefined;
}

/** For `read` an incident that is packed is there as before, in a transaction that is rolled back. */
export async function withIncident<T>(db: Db, id: number, read: (db: Db) => Promise<T>): Promise<T> {
  const tables = db.isTransaction ? null : await findPacked(db, id);
  if (!tables) return await read(db);
  const trx = await db.startTransaction().execute();
  try {
    await unpackIncident(trx, tables);
    return await read(trx);
  } finally {
    await trx.rollback().execute();
  }
}

async function findPacked(db: Db, id: number): Promise<PackedTables | null> {
  const pack = await db
    .selectFrom("packedIncident")
    .select("rows")
    .where("id", "=", Math.floor(id / PACK_IDS))
    .executeTakeFirst();
  if (!pack) return null;
  const tables: PackedTables = unpackRows(pack.rows);
  const incident = tables.incident.filter((row) => row.id === id);
  if (incident.length === 0) return null;
  return {
    incident,
    incidentMember: tables.incidentMember.filter(({ incidentId }) => incidentId === id),
    incidentEvent: tables.incidentEvent.filter(({ incidentId }) => incidentId === id),
  };
}

/** Its POS server may have been moved or removed since, and the incident that it became part of, too. */
async function unpackIncident(trx: Db, { incident, incidentMember, incidentEvent }: PackedTables) {
  for (const { posServerId, partOfId, ...row } of incident) {
    const posServer = await trx
      .selectFrom("posServer")
      .select(["id", "organizationId"])
      .where("id", "=", posServerId)
      .executeTakeFirst();
    const whole = await trx.selectFrom("incident").select("id").where("id", "=", partOfId).executeTakeFirst();
    await trx
      .insertInto("incident")
      .values({ ...row, posServerId: posServer?.id ?? null, partOfId: whole?.id ?? null })
      .execute();
    const moved = posServer && { organizationId: posServer.organizationId };
    const members = incidentMember.map((member) => ({
      ...member,
      posServerId: posServer?.id ?? null,
      ...moved,
    }));
    await trx.insertInto("incidentMember").values(members).execute();
  }
  if (incidentEvent.length > 0) await trx.insertInto("incidentEvent").values(incidentEvent).execute();
}
