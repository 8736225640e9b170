import { sql } from "kysely";
import type { TaughtPatterns } from "../../../protocol/log-patterns.ts";
import type { Db } from "../../database/schema.ts";
import { readSetsInForce, type SetsInForce } from "./sets-in-force.ts";

/** Finds a set with what it is for; null when it is not the one in force. */
export async function findSetInForce(db: Db, id: number) {
  const { ofAll, own } = await readSetsInForce(db);
  if (![ofAll, ...own.values()].some((set) => set?.id === id)) return null;
  return await selectSets(db).where("log_pattern_set.id", "=", id).executeTakeFirstOrThrow();
}

/** The set that comes into force when this one is taken back; null = none. */
export async function findSetBefore(db: Db, set: { id: number; posServerId: number | null }) {
  const row = await selectSets(db)
    .where("log_pattern_set.pos_server_id", "is", set.posServerId)
    .where("log_pattern_set.taken_back_at", "is", null)
    .where("log_pattern_set.id", "<", set.id)
    .orderBy("log_pattern_set.id", "desc")
    .executeTakeFirst();
  return row ?? null;
}

export type ListedSet = Awaited<ReturnType<typeof listPatternSets>>[number];

/** The sets that are in force, however many, then those of before, the newest first. */
export async function listPatternSets(db: Db, { ofAll, own }: SetsInForce, mostOfBefore: number) {
  const ids = [ofAll, ...own.values()].flatMap((set) => set?.id ?? []);
  const inForce = sql<number>`(select value from json_each(${JSON.stringify(ids)}))`;
  const newestFirst = selectSets(db).orderBy("log_pattern_set.id", "desc");
  const rows = [
    ...(await newestFirst.where("log_pattern_set.id", "in", inForce).execute()),
    ...(await newestFirst.where("log_pattern_set.id", "not in", inForce).limit(mostOfBefore).execute()),
  ];
  return rows.map(({ patterns, ...row }) => ({ ...row, patterns: JSON.parse(patterns) as TaughtPatterns }));
}

function selectSets(db: Db) {
  return db
    .selectFrom("log_pattern_set")
    .leftJoin("pos_server", "pos_server.id", "log_pattern_set.pos_server_id")
    .select([
      "log_pattern_set.id",
      "log_pattern_set.pos_server_id as posServerId",
      "pos_server.name as posServerName",
      "pos_server.organization_id as organizationId",
      "patterns",
      "source_pos_server_id as sourceId",
      "source_name as sourceName",
      "user_name as userName",
      "taught_at as taughtAt",
      "taken_back_at as takenBackAt",
      "taken_back_by as takenBackBy",
    ]);
}
