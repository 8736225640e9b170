import { setImmediate as nextTurn } from "node:timers/promises";
import { type SqlBool, sql } from "kysely";
import type { Db } from "../database/schema.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";
import { selectLastIds } from "../history/known-history.ts";
import { beganAt, listPastStays, listResets } from "../history/past-stays.ts";
import { listPackedChanges, type StateChange } from "../restaurants/find-pos-server.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import { type OpenSpans, readSchedules } from "./read-schedules.ts";

const BATCH_POS_SERVERS = 20;

export type HistoryChange = Omit<StateChange, "id">;

/** A POS server for as long as it belonged to an organization; times in ms UTC. */
export interface History {
  /** null = it has been removed, or moved elsewhere. */
  posServerId: number | null;
  name: string;
  organizationName: string;
  stay: TimeSpan;
  /** Whether an exchange was ever seen. */
  hasExchanged: boolean;
  /** Oldest first, from the last one before the time asked for on. */
  changes: HistoryChange[];
  openSpans: OpenSpans;
  resets: Omit<Awaited<ReturnType<typeof listResets>>[number], "posServerId">[];
}

export interface HistoryQuery {
  access: OrganizationAccess;
  /** null = all. */
  organizationId: number | null;
  tagId: number | null;
}

/** The histories since `from` (ms UTC), in batches, with turns for others between them; past stays last. */
export async function* readHistories(
  db: Db,
  query: HistoryQuery,
  { from, to }: TimeSpan,
): AsyncGenerator<History[]> {
  const schedules = await readSchedules(db);
  for (let lastId = 0; ; ) {
    const batch = await listBatch(db, query, lastId);
    const ids = batch.map(({ posServerId }) => posServerId);
    const changes = await readChanges(db, ids, { from, to });
    const resets = Map.groupBy(await listResets(db, ids, from, to), ({ posServerId }) => posServerId);
    yield batch.map(({ posServerId, organizationId, fromAt, hasExchanged, ...posServer }) => ({
      ...posServer,
      posServerId,
      stay: { from: fromAt, to: Number.POSITIVE_INFINITY },
      hasExchanged: hasExchanged === 1,
      changes: changes.get(posServerId) ?? [],
      openSpans: schedules.openSpansOf(organizationId, schedules.ownOf(posServerId)),
      resets: resets.get(posServerId) ?? [],
    }));
    if (batch.length < BATCH_POS_SERVERS) break;
    lastId = ids.at(-1) ?? lastId;
    await nextTurn();
  }
  const stays = await listPastStays(db, query.access, from);
  yield stays
    .filter((stay) => query.organizationId === null || stay.organizationId === query.organizationId)
    .filter(({ tagIds }) => query.tagId === null || tagIds?.includes(` ${query.tagId} `))
    .map((stay) => ({
      posServerId: null,
      name: stay.name,
      organizationName: stay.organizationName,
      stay: { from: stay.fromAt, to: stay.toAt },
      hasExchanged: stay.hasExchanged === 1,
      changes: stay.stateChange,
      openSpans: schedules.openSpansOf(stay.organizationId, stay.openingHours),
      resets: stay.databaseReset,
    }));
}

async function listBatch(db: Db, { access, organizationId, tagId }: HistoryQuery, afterId: number) {
  return await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id as posServerId", "posServer.name", "hasExchanged"])
    .select(["organization.id as organizationId", "organization.name as organizationName"])
    .select((eb) => beganAt(eb).as("fromAt"))
    .where("posServer.id", ">", afterId)
    .where(isShownTo(access))
    .$if(organizationId !== null, (query) => query.where("organization.id", "=", organizationId ?? 0))
    .$if(tagId !== null, (query) => query.where(sql<SqlBool>`instr(tag_ids, ${` ${tagId} `}) > 0`))
    .orderBy("posServer.id")
    .limit(BATCH_POS_SERVERS)
    .execute();
}

async function readChanges(db: Db, posServerIds: readonly number[], { from, to }: TimeSpan) {
  if (posServerIds.length === 0) return new Map<number, HistoryChange[]>();
  const select = db.selectFrom("stateChange").select(["posServerId", "at", "state", "causeKey", "detail"]);
  const since = select.where("posServerId", "in", posServerIds).where("at", ">", from).where("at", "<", to);
  const rows = [
    ...(await select.where("id", "in", selectLastIds(db, posServerIds, from)).execute()),
    ...(await since.orderBy("at").orderBy("id").execute()),
  ];
  const changes = new Map<number, HistoryChange[]>(Map.groupBy(rows, ({ posServerId }) => posServerId));
  for (const id of posServerIds) {
    const known = changes.get(id) ?? [];
    if (known[0] && known[0].at <= from) continue;
    changes.set(id, [...(await readPacked(db, id, { from, to })), ...known]);
  }
  return changes;
}

/** Oldest first, from the last one before `from` on. */
async function readPacked(db: Db, posServerId: number, { from, to }: TimeSpan): Promise<HistoryChange[]> {
  const found: HistoryChange[] = [];
  for await (const change of listPackedChanges(db, posServerId)) {
    if (change.at < to) found.unshift(change);
    if (change.at <= from) break;
  }
  return found;
}
