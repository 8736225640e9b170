import { type ExpressionBuilder, sql } from "kysely";
import { packRows, unpackRows } from "../database/packed-rows.ts";
import type { Database, Db } from "../database/schema.ts";
import { listStateChanges, type StateChange } from "../restaurants/find-pos-server.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

const ALL = Number.MAX_SAFE_INTEGER;

/** What a report needs of a stay. */
type StayRows = {
  /** Oldest first, from the state in which it began. */
  stateChange: Omit<StateChange, "id">[];
  databaseReset: Awaited<ReturnType<typeof listResets>>;
  /** Its own, each in force until `untilAt`. */
  openingHours: Awaited<ReturnType<typeof listOwnHours>>;
};

/** Keeps the history of a POS server in an organization. Call it in the transaction that moves or deletes it. */
export async function endStay(trx: Db, id: number, now: number): Promise<void> {
  const { fromAt, ...posServer } = await trx
    .selectFrom("posServer")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.name", "posServer.organizationId", "hasExchanged", "tagIds"])
    .select((eb) => beganAt(eb).as("fromAt"))
    .where("posServer.id", "=", id)
    .executeTakeFirstOrThrow();
  const changes = (await listStateChanges(trx, id, ALL)).reverse();
  const begin = changes.findLastIndex(({ at }) => at <= fromAt);
  const rows: StayRows = {
    stateChange: changes.slice(Math.max(begin, 0)).map(({ id: _id, ...change }) => change),
    databaseReset: await listResets(trx, [id], fromAt, now),
    openingHours: await listOwnHours(trx, id, now),
  };
  await trx
    .insertInto("pastStay")
    .values({ ...posServer, posServerId: id, fromAt, toAt: now, rows: packRows(rows) })
    .execute();
}

async function listOwnHours(db: Db, posServerId: number, now: number) {
  const columns = ["timeZone", "hours", "works"] as const;
  const past = db.selectFrom("pastOpeningHours").select([...columns, "untilAt"]);
  const present = db.selectFrom("openingHours").select([...columns, sql.lit(now).as("untilAt")]);
  return await past
    .where("posServerId", "=", posServerId)
    .unionAll(present.where("posServerId", "=", posServerId))
    .orderBy("untilAt")
    .execute();
}

/** Since when a POS server belongs to its organization, ms UTC; 0 = since it was added. */
export function beganAt({ fn, selectFrom, val }: ExpressionBuilder<Database, "posServer">) {
  const lastMove = selectFrom("pastStay")
    .select(({ fn: aggregate }) => aggregate.max("toAt").as("toAt"))
    .whereRef("pastStay.posServerId", "=", "posServer.id");
  return fn.coalesce(lastMove, val(0));
}

/** Resets in which a database was moved away within `[from, to)`; `syncedAt` null = no exchange was seen after it. */
export async function listResets(db: Db, posServerIds: readonly number[], from: number, to: number) {
  return await db
    .selectFrom("databaseReset")
    .select(["posServerId", "requestedAt", "begunAt", "runsAt", "syncedAt"])
    .select(({ ref }) => ref("resetAt").$notNull().as("resetAt"))
    .where("posServerId", "in", posServerIds)
    .where("resetAt", ">=", from)
    .where("resetAt", "<", to)
    .execute();
}

/** Those that ended after `from` (ms UTC) in organizations that somebody may see. */
export async function listPastStays(db: Db, access: OrganizationAccess, from: number) {
  const stays = await db
    .selectFrom("pastStay")
    .innerJoin("organization", "organization.id", "pastStay.organizationId")
    .selectAll("pastStay")
    .select("organization.name as organizationName")
    .where("toAt", ">", from)
    .where(isShownTo(access))
    .execute();
  return stays.map(({ rows, ...stay }) => ({ ...stay, ...unpackRows<StayRows>(rows) }));
}
