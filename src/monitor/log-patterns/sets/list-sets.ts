import { sql } from "kysely";
import type { TaughtPatterns } from "../../../protocol/log-patterns.ts";
import type { Db } from "../../database/schema.ts";
import { readSetsInForce, type SetsInForce } from "./sets-in-force.ts";

/** Finds a set with what it is for; null when it is not the one in force. */
export async function findSetInForce(db: Db, id: number) {
  const { ofAll, own } = await readSetsInForce(db);
  if (![ofAll, ...own.values()].some((set) => set?.id === id)) return null;
  return await selectSets(db).where("logPatternSet.id", "=", id).executeTakeFirstOrThrow();
}

/** The set that comes into force when this one is taken back; null = none. */
export async function findSetBefore(db: Db, set: { id: number; posServerId: number | null }) {
  const row = await selectSets(db)
    .where("logPatternSet.posServerId", "is", set.posServerId)
    .where("logPatternSet.takenBackAt", "is", null)
    .where("logPatternSet.id", "<", set.id)
    .orderBy("logPatternSet.id", "desc")
    .executeTakeFirst();
  return row ?? null;
}

export type ListedSet = Awaited<ReturnType<typeof listPatternSets>>[number];

/** The sets that are in force, however many, then those of before, the newest first. */
export async function listPatternSets(db: Db, { ofAll, own }: SetsInForce, mostOfBefore: number) {
  const ids = [ofAll, ...own.values()].flatMap((set) => set?.id ?? []);
  const inForce = sql<number>`(select value from json_each(${JSON.stringify(ids)}))`;
  const newestFirst = selectSets(db).orderBy("logPatternSet.id", "desc");
  const rows = [
    ...(await newestFirst.where("logPatternSet.id", "in", inForce).execute()),
    ...(await newestFirst.where("logPatternSet.id", "not in", inForce).limit(mostOfBefore).execute()),
  ];
  return rows.map(({ patterns, ...row }) => ({ ...row, patterns: JSON.parse(patterns) as TaughtPatterns }));
}

function selectSets(db: Db) {
  return db
    .selectFrom("logPatternSet")
    .leftJoin("posServer", "posServer.id", "logPatternSet.posServerId")
    .select([
      "logPatternSet.id",
      "logPatternSet.posServerId",
      "posServer.name as posServerName",
      "posServer.organizationId",
      "patterns",
      "sourcePosServerId as sourceId",
      "sourceName",
      "userName",
      "taughtAt",
      "takenBackAt",
      "takenBackBy",
    ]);
}
