import { type ExpressionBuilder, sql } from "kysely";
import { mask } from "../../protocol/mask/mask.ts";
import { MINUTE_MS } from "../../protocol/time-units.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import { countRows } from "../database/count-rows.ts";
import type { Database, Db } from "../database/schema.ts";
import { inBatches, inTransaction } from "../database/transaction.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { listTags } from "../restaurants/tags.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

/** Those that are away at first are asked so long. */
export const ASKED_FOR_MS = 15 * MINUTE_MS;
export const KEPT_MS = 24 * 60 * MINUTE_MS;
/** Of one person; each may have a row for every POS server. */
const MOST_KEPT = 20;
/** Another machine answers there, or for another organization. */
const OTHERS_ANSWER = ["wrong_pos_server", "wrong_crm_id", "certificate_changed"] as const;

export type FoundSearch = NonNullable<Awaited<ReturnType<typeof findSearch>>>;

/** Times in ms UTC, both included. */
type WantedSearch = Omit<FoundSearch, "id" | "requestedAt" | "stoppedAt">;

export type Places = Awaited<ReturnType<typeof listPlaces>>;

/** Where somebody may search. */
export async function listPlaces(db: Db, access: OrganizationAccess) {
  return { organization: await listOrganizations(db, access), tag: await listTags(db, access) };
}

/** What the form and the row name as `organization-12` or `tag-3`; null = all POS servers. */
export function readPlace(place: string): { kind: keyof Places; id: number } | null {
  const [, kind, id] = /^(organization|tag)-([1-9]\d{0,14})$/.exec(place) ?? [];
  return kind && id ? { kind: kind as keyof Places, id: Number(id) } : null;
}

/** Only its maker sees it, for a day. */
export async function findSearch(db: Db, userId: number, id: number, now: number) {
  const search = await selectSearches(db, userId, now).where("id", "=", id).executeTakeFirst();
  return search ?? null;
}

/** Newest first. */
export async function listSearches(db: Db, userId: number, limit: number, now: number) {
  return await selectSearches(db, userId, now).orderBy("id", "desc").limit(limit).execute();
}

function selectSearches(db: Db, userId: number, now: number) {
  return db
    .selectFrom("logSearch")
    .select(["id", "userId", "posServerId", "text", "fromAt", "toAt", "place", "requestedAt", "stoppedAt"])
    .where("userId", "=", userId)
    .where("requestedAt", ">", now - KEPT_MS);
}

/** Whether POS servers may still be asked. */
export function isAsking(search: Pick<FoundSearch, "requestedAt" | "stoppedAt">, now: number): boolean {
  return search.stoppedAt === null && now < search.requestedAt + ASKED_FOR_MS;
}

/** Another search of this person for which POS servers are still waiting; null = none is. */
export async function findRunning(db: Db, userId: number, now: number): Promise<FoundSearch | null> {
  const [newest] = await listSearches(db, userId, 1, now);
  if (!newest || !isAsking(newest, now)) return null;
  const waiting = db.selectFrom("logSearchItem").select("posServerId").where("status", "=", "queued");
  return (await waiting.where("logSearchId", "=", newest.id).executeTakeFirst()) ? newest : null;
}

/** POS servers that are still to be asked, by all searches. */
export async function countAsked(db: Db, now: number): Promise<number> {
  const open = db
    .selectFrom("logSearch")
    .select("id")
    .where("stoppedAt", "is", null)
    .where("requestedAt", ">", now - ASKED_FOR_MS);
  const items = db.selectFrom("logSearchItem").where("logSearchId", "in", open);
  return await countRows(items.where("status", "in", ["queued", "away"]));
}

/** Why a POS server is not asked at all; null = it is. */
const whyNot = sql<string | null>`case when pos_server.parked = 1 then 'parked'
  when pos_server.keeps_log_lines = 0 then 'opted_out'
  when pos_status.state = 'unsupported' then 'unsupported'
  when pos_server.connection = 'direct' and pos_server.address is null then 'no_address'
  when pos_status.failure_code in (${sql.join(OTHERS_ANSWER)}) then pos_status.failure_code end`;

const status = sql<"queued" | "left_out">`case when ${whyNot} is null then 'queued' else 'left_out' end`;

function isAt(place: ReturnType<typeof readPlace>) {
  return (eb: ExpressionBuilder<Database, "posServer" | "organization">) => {
    if (place === null) return eb.and([]);
    if (place.kind === "organization") return eb("organization.id", "=", place.id);
    const tagged = eb
      .selectFrom("posServerTag")
      .select("posServerTag.posServerId")
      .where("tagId", "=", place.id);
    return eb("posServer.id", "in", tagged);
  };
}

/** Queues it for all that its maker may see there, and ends what the same person searched for before. @returns its id. */
export async function beginSearch(
  db: Db,
  actor: Actor,
  access: OrganizationAccess,
  wanted: WantedSearch,
  now: number,
): Promise<number> {
  return await inTransaction(db, async (trx) => {
    const { userId, fromAt, toAt } = wanted;
    const ofMaker = trx.selectFrom("logSearch").select("id").where("userId", "=", userId);
    const old = ofMaker
      .orderBy("id", "desc")
      .limit(-1)
      .offset(MOST_KEPT - 1);
    await trx.deleteFrom("logSearch").where("id", "in", old).execute();
    const open = trx.updateTable("logSearch").where("userId", "=", userId).where("stoppedAt", "is", null);
    await open.set({ stoppedAt: now }).execute();
    const row = trx.insertInto("logSearch").values({ ...wanted, requestedAt: now });
    const { id } = await row.returning("id").executeTakeFirstOrThrow();
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto("logSearchItem")
      .columns(["logSearchId", "posServerId", "status", "code"])
      .expression(({ selectFrom }) =>
        selectFrom("posServer")
          .innerJoin("organization", "organization.id", "posServer.organizationId")
          .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
          .select([sql.lit(id).as("search"), "posServer.id", status.as("status"), whyNot.as("code")])
          .where(isShownTo(access))
          .where(isAt(readPlace(wanted.place))),
      )
      .executeTakeFirst();
    const values = { id, text: mask(wanted.text), count: Number(numInsertedOrUpdatedRows) };
    const detail = [
      { key: "logSearch", values },
      { key: "period", values: { fromAt, toAt } },
    ] as const;
    await recordEvent(trx, actor, { action: "log_search", detail }, now);
    return id;
  });
}

export async function stopSearch(db: Db, actor: Actor, id: number, now: number): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable("logSearch")
      .set({ stoppedAt: now })
      .where("id", "=", id)
      .where("stoppedAt", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return;
    const detail = [{ key: "logSearchStopped", values: { id } }] as const;
    await recordEvent(trx, actor, { action: "log_search_stop", detail }, now);
  });
}

/** One at a time: it may have ten thousand rows. @returns how many. */
export async function removeOldSearches(db: Db, now: number): Promise<number> {
  return await inBatches(1, async (limit) => {
    const old = db
      .selectFrom("logSearch")
      .select("id")
      .where("requestedAt", "<=", now - KEPT_MS)
      .limit(limit);
    const { numDeletedRows } = await db.deleteFrom("logSearch").where("id", "in", old).executeTakeFirst();
    return Number(numDeletedRows);
  });
}
