import type { TaughtPatterns } from "../../../protocol/log-patterns.ts";
import type { Db } from "../../database/schema.ts";
import { idList, readSetsInForce, type SetsInForce } from "./sets-in-force.ts";

/** null when it is not in force. */
export async function findSetInForce(db: Db, id: number) {
  const { ofAll, own } = await readSetsInForce(db);
  if (![ofAll, ...own.values()].some((set) => set?.id === id)) return null;
  return await selectSets(db).where("logPatternSet.id", "=", id).executeTakeFirstOrThrow();
}

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

/** Those in force, then earlier ones, each newest first. */
export async function listPatternSets(db: Db, { ofAll, own }: SetsInForce, maxEarlier: number) {
  const ids = [ofAll, ...own.values()].flatMap((set) => set?.id ?? []);
  const newestFirst = selectSets(db).orderBy("logPatternSet.id", "desc");
  const rows = [
    ...(await newestFirst.where("logPatternSet.id", "in", idList(ids)).execute()),
    ...(await newestFirst.where("logPatternSet.id", "not in", idList(ids)).limit(maxEarlier).execute()),
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
