import { setImmediate as nextTurn } from "node:timers/promises";
import { type SqlBool, sql } from "kysely";
import { LRUCache } from "lru-cache";
import type { Db } from "../database/schema.ts";
import { readStored, scheduleOf } from "../fleet/opening-hours/opening-hours.ts";
import { openSpans } from "../fleet/opening-hours/schedule.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";
import { selectLastIds } from "../history/known-history.ts";
import type { StateChange } from "../restaurants/find-pos-server.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

const BATCH_POS_SERVERS = 20;
/** Most restaurants share their opening hours. */
const MAX_SCHEDULES = 1_000;

export type HistoryChange = Omit<StateChange, "id">;

/** When a restaurant is open within a span of time, oldest first. */
type OpenSpans = (within: TimeSpan) => TimeSpan[];

/** A POS server since it belongs to its organization; times in ms UTC. */
export interface History {
  posServerId: number;
  name: string;
  organizationName: string;
  /** 0 = since it was added. */
  organizationSince: number;
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

/** The histories since `from` (ms UTC), in batches, with turns for others between them. */
export async function* readHistories(
  db: Db,
  query: HistoryQuery,
  { from, to }: TimeSpan,
): AsyncGenerator<History[]> {
  const openSpansOf = await readSchedules(db);
  for (let lastId = 0; ; ) {
    const batch = await listBatch(db, query, lastId);
    const ids = batch.map(({ posServerId }) => posServerId);
    const changes = await readChanges(db, ids, { from, to });
    const resets = Map.groupBy(await listResets(db, ids, from, to), ({ posServerId }) => posServerId);
    yield batch.map(({ organizationId, hasExchanged, ...posServer }) => ({
      ...posServer,
      hasExchanged: hasExchanged === 1,
      changes: changes.get(posServer.posServerId) ?? [],
      openSpans: openSpansOf(organizationId, posServer.posServerId),
      resets: resets.get(posServer.posServerId) ?? [],
    }));
    if (batch.length < BATCH_POS_SERVERS) return;
    lastId = ids.at(-1) ?? lastId;
    await nextTurn();
  }
}

/** Today's opening hours, also of past times. */
async function readSchedules(db: Db) {
  const hours = await db
    .selectFrom("openingHours")
    .select(["organizationId", "posServerId", "timeZone", "hours", "works"])
    .execute();
  const ofOrganizations = new Map(hours.map((row) => [row.organizationId, row]));
  const ofPosServers = new Map(hours.map((row) => [row.posServerId, row]));
  const found = new LRUCache<string, TimeSpan[]>({ max: MAX_SCHEDULES });

  return (organizationId: number, posServerId: number): OpenSpans => {
    const schedule = scheduleOf({
      own: readStored(ofPosServers.get(posServerId)),
      ofOrganization: readStored(ofOrganizations.get(organizationId)),
    });
    if (!schedule) return (within) => [within];
    return (within) => {
      const key = JSON.stringify([schedule, within]);
      const spans = found.get(key) ?? openSpans(schedule, within);
      found.set(key, spans);
      return spans;
    };
  };
}

async function listBatch(db: Db, { access, organizationId, tagId }: HistoryQuery, afterId: number) {
  return await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id as posServerId", "posServer.name", "organizationSince", "hasExchanged"])
    .select(["organization.id as organizationId", "organization.name as organizationName"])
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
  const select = db
    .selectFrom("stateChange")
    .leftJoin("cause", "cause.id", "causeId")
    .select(["posServerId", "at", "state", "causeKey", "detail"]);
  const since = select.where("posServerId", "in", posServerIds).where("at", ">", from).where("at", "<", to);
  const rows = [
    ...(await select.where("stateChange.id", "in", selectLastIds(db, posServerIds, from)).execute()),
    ...(await since.orderBy("at").orderBy("stateChange.id").execute()),
  ];
  return Map.groupBy(rows, ({ posServerId }) => posServerId);
}

/** Resets in which a database was moved away within `[from, to)`; `syncedAt` null = no exchange was seen after it. */
async function listResets(db: Db, posServerIds: readonly number[], from: number, to: number) {
  return await db
    .selectFrom("databaseReset")
    .select(["posServerId", "requestedAt", "begunAt", "runsAt", "syncedAt"])
    .select(({ ref }) => ref("resetAt").$notNull().as("resetAt"))
    .where("posServerId", "in", posServerIds)
    .where("resetAt", ">=", from)
    .where("resetAt", "<", to)
    .execute();
}
