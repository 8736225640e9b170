import type { Transaction } from "kysely";
import type { Database } from "../database/schema.ts";
import { findWrongIdentity } from "../pos-client/read-report.ts";
import type { PollResult } from "./save-results.ts";

/**
 * Gives each POS server without an identity the one that its report tells, unless another POS server has it, and holds
 * it to that from then on. The registry as it is now decides, not what it was when the poll began: of two polls at
 * once one came first.
 * @returns the results as they count.
 */
export async function holdToIdentities(
  trx: Transaction<Database>,
  results: readonly PollResult[],
): Promise<PollResult[]> {
  const registered = await trx
    .selectFrom("pos_server")
    .select(["id", "identity"])
    .where(
      "id",
      "in",
      results.map(({ posServerId }) => posServerId),
    )
    .execute();
  const identities = new Map(registered.map(({ id, identity }) => [id, identity]));
  const counted: PollResult[] = [];
  for (const result of results) {
    const { posServerId, outcome } = result;
    const known = identities.get(posServerId);
    if (!outcome.ok || known === undefined) {
      counted.push(result);
      continue;
    }
    const told = outcome.report.posServerId;
    const failure = findWrongIdentity(told, known);
    if (failure)
      counted.push({ posServerId, outcome: { ok: false, failure, receivedAt: outcome.receivedAt } });
    else counted.push(result);
    if (known === null && (await pinIdentity(trx, posServerId, told))) identities.set(posServerId, told);
  }
  return counted;
}

async function pinIdentity(trx: Transaction<Database>, id: number, identity: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("pos_server")
    .set({ identity })
    .where("id", "=", id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(selectFrom("pos_server as other").select("other.id").where("other.identity", "=", identity)),
      ),
    )
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
