import type { TaughtPatterns } from "../../../protocol/log-patterns.ts";
import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, aboutPosServer, recordEvent } from "../../audit-log/record-event.ts";
import { idList } from "../../database/id-list.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { readSetsInForce, type SetsInForce } from "./sets-in-force.ts";

export type ListedSet = Awaited<ReturnType<typeof listPatternSets>>[number];

/** For whom something is taught. */
export const SCOPES = ["all", "own"] as const;
export type Scope = (typeof SCOPES)[number];

interface NewPatternSet {
  scope: Scope;
  patterns: TaughtPatterns;
  /** The POS server whose log was read. */
  source: { id: number; name: string; organizationId: number };
  /** The scope of the patterns that the form began with. */
  basis: Scope;
  /** The ids of the sets in force when the form was shown; null = none. */
  seen: Record<Scope, number | null>;
}

export function setOf({ ofAll, own }: SetsInForce, scope: Scope, posServerId: number) {
  return scope === "all" ? ofAll : (own.get(posServerId) ?? null);
}

/** @returns null, or the scope that somebody else has changed meanwhile, which prevents it. */
export async function teachLogPatterns(
  db: Db,
  actor: Actor,
  { scope, basis, seen, patterns, source }: NewPatternSet,
  now: number,
): Promise<Scope | null> {
  return await inTransaction(db, async (trx) => {
    const sets = await readSetsInForce(trx, source.id);
    const isChanged = (of: Scope) => (setOf(sets, of, source.id)?.id ?? null) !== seen[of];
    const changed = [scope, basis].find(isChanged);
    if (changed !== undefined) return changed;
    await trx
      .insertInto("logPatternSet")
      .values({
        posServerId: scope === "own" ? source.id : null,
        patterns: JSON.stringify(patterns),
        sourcePosServerId: source.id,
        sourceName: source.name,
        userId: actor.userId,
        userName: actor.name ?? actor.login,
        taughtAt: now,
      })
      .execute();
    const isOwn = scope === "own";
    await teachAtOnce(trx, isOwn ? source.id : null);
    const event = {
      action: "log_patterns_teach",
      ...(isOwn && aboutPosServer(source)),
      detail: describe(patterns, scope, source.name),
    } as const;
    await recordEvent(trx, actor, event, now);
    return null;
  });
}

/** The set before is in force again. @returns false when this one is not in force. */
export async function takeBackLogPatterns(db: Db, actor: Actor, id: number, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const set = await findSetInForce(trx, id);
    if (!set) return false;
    await trx
      .updateTable("logPatternSet")
      .set({ takenBackAt: now, takenBackBy: actor.name ?? actor.login })
      .where("id", "=", id)
      .execute();
    await teachAtOnce(trx, set.posServerId);
    const event = {
      action: "log_patterns_take_back",
      subject: set.posServerName,
      organizationId: set.organizationId,
      posServerId: set.posServerId,
      detail: describe(JSON.parse(set.patterns), set.posServerId === null ? "all" : "own", set.sourceName),
    } as const;
    await recordEvent(trx, actor, event, now);
    return true;
  });
}

/** Agents that did not take the set before are tried again at once. @param posServerId null = all. */
async function teachAtOnce(trx: Db, posServerId: number | null): Promise<void> {
  await trx
    .updateTable("posStatus")
    .set({ teachAgainAt: null })
    .where("teachAgainAt", "is not", null)
    .$if(posServerId !== null, (statuses) => statuses.where("posServerId", "is", posServerId))
    .execute();
}

function describe(patterns: TaughtPatterns, scope: Scope, sourceName: string): AuditDetail {
  const { succeeded, failed, attempted, excluded } = patterns;
  return [
    { key: "logPatternsScope", values: { scope } },
    {
      key: "logPatterns",
      values: {
        succeeded: succeeded.length,
        failed: failed.length,
        attempted: attempted.length,
        excluded: excluded.length,
      },
    },
    { key: "logPatternsSource", values: { name: sourceName } },
  ];
}

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
