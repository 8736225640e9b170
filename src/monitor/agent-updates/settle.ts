import { versionSortKey } from "../../protocol/versions.ts";
import { PROGRAM, recordEvents } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import type { Rollout } from "./rollout.ts";
import type { UpdateFailure } from "./update-failure.ts";

/** An updated agent is back within seconds, unless its machine or network takes longer. */
const REPORTS_WITHIN_MS = 15 * 60_000;

/** By the last report; null = undecided. The clock may have been set back. */
function settled(
  open: Awaited<ReturnType<typeof selectOpen>>[number],
  version: string,
  now: number,
): "done" | UpdateFailure | null {
  const wantedSort = versionSortKey(version);
  if (wantedSort !== null && open.agentVersionSort !== null && open.agentVersionSort >= wantedSort)
    return "done";
  if (open.rejectedVersion === version) return { code: "rejected", detail: "" };
  const isLate = open.state === "sent" && Math.abs(now - open.stateSince) >= REPORTS_WITHIN_MS;
  return isLate ? { code: "no_report", detail: "" } : null;
}

export async function settleUpdates(db: Db, rollout: Rollout, now: number): Promise<void> {
  const open = await selectOpen(db, rollout.id);
  const outcomes = open.flatMap((update) => {
    const outcome = settled(update, rollout.version, now);
    return outcome === null ? [] : [{ ...update, outcome }];
  });
  if (outcomes.length === 0) return;
  await inTransaction(db, async (trx) => {
    for (const { posServerId, outcome } of outcomes)
      await keepState(trx, { rolloutId: rollout.id, posServerId }, outcome, now);
    const failed = outcomes.flatMap(({ outcome, ...posServer }) =>
      outcome === "done" ? [] : [failureEvent(posServer, outcome)],
    );
    await recordEvents(trx, PROGRAM, failed, now);
  });
}

async function selectOpen(db: Db, rolloutId: number) {
  return await db
    .selectFrom("agentUpdate")
    .innerJoin("posStatus", "posStatus.posServerId", "agentUpdate.posServerId")
    .innerJoin("posServer", "posServer.id", "agentUpdate.posServerId")
    .select(["posServer.id as posServerId", "posServer.name", "posServer.organizationId"])
    .select(["agentUpdate.state", "agentUpdate.stateSince"])
    .select(["agentVersionSort", "rejectedVersion"])
    .where("rolloutId", "=", rolloutId)
    .where("agentUpdate.state", "in", ["waiting", "sent"])
    .execute();
}

export async function keepState(
  db: Db,
  { rolloutId, posServerId }: { rolloutId: number; posServerId: number },
  outcome: "sent" | "done" | UpdateFailure,
  now: number,
): Promise<void> {
  const isFailure = typeof outcome !== "string";
  await db
    .updateTable("agentUpdate")
    .set({
      state: isFailure ? "failed" : outcome,
      stateSince: now,
      againAt: null,
      failureCode: isFailure ? outcome.code : null,
      failureDetail: (isFailure && outcome.detail) || null,
    })
    .where("rolloutId", "=", rolloutId)
    .where("posServerId", "=", posServerId)
    .where("state", "in", ["waiting", "sent"])
    .execute();
}

export function failureEvent(
  { posServerId, name, organizationId }: { posServerId: number; name: string; organizationId: number },
  { code, detail }: UpdateFailure,
) {
  return {
    action: "agent_update_fail",
    result: "failed",
    subject: name,
    organizationId,
    posServerId,
    detail: [{ key: "updateFailure", values: { code, detail } }],
  } as const;
}
