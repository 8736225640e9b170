import type { Db } from "../database/schema.ts";
import { waitedUntil } from "../requests/waiting.ts";
import type { DatabaseResetStep } from "./database-resets/step.ts";
import { awaitedUntil } from "./database-resets/waited-for.ts";

export type Activity = (
  | { kind: "reset"; id: number; step: DatabaseResetStep }
  | { kind: "start"; id: number; isRestart: boolean }
) & {
  /** Until when it waits for its agent, ms UTC; null = it does not wait. */
  awaitedUntil: number | null;
};

/** By POS server. */
export async function listActivities(db: Db): Promise<Map<number, Activity>> {
  const starts = await db
    .selectFrom("serviceStart")
    .select(["id", "posServerId", "isRestart", "finishedAt"])
    .select(["waitsSince", "expiresAt"])
    .where("finishedAt", "is", null)
    .execute();
  const resets = await db
    .selectFrom("databaseReset as reset")
    .leftJoin("logRequest as logs", "logs.id", "reset.logRequestId")
    .select(["reset.id", "reset.posServerId", "step", "begunAt"])
    .select(["reset.waitsSince", "reset.expiresAt"])
    .select(["logs.id as logsId", "logs.finishedAt as logsFinishedAt", "logs.waitsSince as logsWaitSince"])
    .where("reset.finishedAt", "is", null)
    .execute();
  const startOf = new Map(starts.map((start) => [start.posServerId, start]));
  return new Map<number, Activity>([
    ...starts.map((start): [number, Activity] => [
      start.posServerId,
      { kind: "start", id: start.id, isRestart: start.isRestart === 1, awaitedUntil: waitedUntil(start) },
    ]),
    ...resets.map((reset): [number, Activity] => {
      const { posServerId, id, step, logsId, logsFinishedAt, logsWaitSince } = reset;
      const logs = logsId === null ? null : { finishedAt: logsFinishedAt, waitsSince: logsWaitSince };
      const until = awaitedUntil(reset, { logs, start: startOf.get(posServerId) ?? null });
      return [posServerId, { kind: "reset", id, step, awaitedUntil: until }];
    }),
  ]);
}
