import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import type { StateRules } from "../pos-servers/state.ts";
import { nextStatus, type PosStatus, type StateChange } from "./next-status.ts";

export interface PollResult {
  posServerId: number;
  outcome: StatusOutcome;
}

/**
 * Saves polls and the transitions that follow from them in one transaction. A POS server that was deleted
 * meanwhile is passed over.
 * @returns the statuses as they are now stored.
 */
export async function savePollResults(
  db: Kysely<Database>,
  results: readonly PollResult[],
  rules: StateRules,
): Promise<PosStatus[]> {
  return await db.transaction().execute(async (trx) => {
    const previous = await trx
      .selectFrom("pos_status")
      .selectAll()
      .where(
        "pos_server_id",
        "in",
        results.map(({ posServerId }) => posServerId),
      )
      .execute();
    const statuses = new Map(previous.map((status) => [status.pos_server_id, status]));
    const changes: StateChange[] = [];
    for (const { posServerId, outcome } of results) {
      const before = statuses.get(posServerId);
      if (!before) continue;
      const { status, change } = nextStatus(before, outcome, rules);
      statuses.set(posServerId, status);
      if (change) changes.push(change);
    }
    const saved = [...statuses.values()];
    if (saved.length > 0) await upsertStatuses(trx, saved);
    if (changes.length > 0) await trx.insertInto("state_change").values(changes).execute();
    return saved;
  });
}

async function upsertStatuses(trx: Kysely<Database>, statuses: PosStatus[]): Promise<void> {
  await trx
    .insertInto("pos_status")
    .values(statuses)
    .onConflict((conflict) =>
      conflict.column("pos_server_id").doUpdateSet(({ ref }) => {
        const [first] = statuses;
        const columns = Object.keys(first ?? {}).filter((column) => column !== "pos_server_id");
        return Object.fromEntries(
          columns.map((column) => [column, ref(`excluded.${column as keyof PosStatus}`)]),
        );
      }),
    )
    .execute();
}
