import { type Actor, PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import type { OfferedUpdate } from "./offered-update.ts";
import { findRollout, listCandidates, selectCandidates } from "./rollout.ts";

/** There are no candidates; the chosen POS server is none; the same update is under way. */
export type StartRefusal = "no_candidates" | "not_candidate" | "under_way";

/**
 * Begins with one POS server, and replaces the last rollout.
 * @param firstId null = one whose exchange works.
 * @returns null, or why it did not start.
 */
export async function startRollout(
  db: Db,
  actor: Actor,
  { version, sha256, keyId }: OfferedUpdate,
  firstId: number | null,
  now: number,
): Promise<StartRefusal | null> {
  return await inTransaction(db, async (trx) => {
    const before = await findRollout(trx);
    if (before?.stoppedAt === null && before.sha256 === sha256) return "under_way";
    const [likely] = await listCandidates(trx, { version, keyId }, { rolloutId: null, limit: 1 });
    if (likely === undefined) return "no_candidates";
    const first = await findCandidate(trx, { version, keyId }, firstId ?? likely);
    if (!first) return "not_candidate";
    await trx.deleteFrom("agentRollout").execute(); // with its updates, which are in the audit log
    const begun = { startedAt: now, userId: actor.userId, userName: actor.name ?? actor.login };
    const { id } = await trx
      .insertInto("agentRollout")
      .values({ version, sha256, keyId, ...begun })
      .returning("id")
      .executeTakeFirstOrThrow();
    await addUpdates(trx, id, [first.id], now);
    const detail = [{ key: "updateFirst", values: { name: first.name } }] as const;
    await recordEvent(trx, actor, { action: "agent_update_start", subject: version, detail }, now);
    return null;
  });
}

export async function addUpdates(
  trx: Db,
  rolloutId: number,
  posServerIds: readonly number[],
  now: number,
): Promise<void> {
  if (posServerIds.length === 0) return;
  const begun = { rolloutId, state: "waiting", stateSince: now } as const;
  await trx
    .insertInto("agentUpdate")
    .values(posServerIds.map((posServerId) => ({ ...begun, posServerId })))
    .execute();
}

async function findCandidate(db: Db, wanted: Pick<OfferedUpdate, "version" | "keyId">, id: number) {
  return await selectCandidates(db, wanted)
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .select(["posServer.id", "posServer.name"])
    .where("posServer.id", "=", id)
    .executeTakeFirst();
}

/** Agents that accepted the update still restart with it. @returns false when it is not running. */
export async function stopRollout(db: Db, actor: Actor, id: number, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const rollout = await findRollout(trx);
    if (rollout?.id !== id || rollout.stoppedAt !== null) return false;
    const by = actor === PROGRAM ? null : (actor.name ?? actor.login);
    await trx
      .updateTable("agentRollout")
      .set({ stoppedAt: now, stoppedBy: by })
      .where("id", "=", id)
      .execute();
    await recordEvent(trx, actor, { action: "agent_update_stop", subject: rollout.version }, now);
    return true;
  });
}

/** Failures that may have passed are tried again. @returns false when it is running. */
export async function continueRollout(db: Db, actor: Actor, id: number, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const rollout = await findRollout(trx);
    if (rollout?.id !== id || rollout.stoppedAt === null) return false;
    await trx
      .updateTable("agentRollout")
      .set({ stoppedAt: null, stoppedBy: null, continuedAt: now })
      .where("id", "=", id)
      .execute();
    await trx
      .updateTable("agentUpdate")
      .set({ state: "waiting", stateSince: now, againAt: null, failureCode: null, failureDetail: null })
      .where("rolloutId", "=", id)
      .where("state", "=", "failed")
      .where("failureCode", "<>", "rejected")
      .execute();
    await recordEvent(trx, actor, { action: "agent_update_continue", subject: rollout.version }, now);
    return true;
  });
}
