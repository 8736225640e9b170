import type { Db } from "../database/schema.ts";
import { failureOf } from "../pos-client/calls/failure.ts";
import { REPORTED_CRM_ID, readReportedCrmId } from "../pos-client/calls/reported-crm-id.ts";
import { findWrongIdentity } from "../pos-client/read-report.ts";
import type { PollResult } from "./save-results.ts";

/**
 * Gives each POS server without an identity the one that its report tells, unless another POS server has it, and holds
 * it to that from then on; one that told the CrmId of another organization, to that, until it tells another one. The registry as it is now decides, not
 * what it was when the poll began: of two polls at once one came first.
 * @returns the results as they count.
 */
export async function holdToIdentities(trx: Db, results: readonly PollResult[]): Promise<PollResult[]> {
  const registered = await trx
    .selectFrom("posServer")
    .select(["id", "identity"])
    .where(
      "id",
      "in",
      results.map(({ posServerId }) => posServerId),
    )
    .execute();
  const identities = new Map(registered.map(({ id, identity }) => [id, identity]));
  const reportedCrmIds = await findReportedCrmIds(trx, results);
  const counted: PollResult[] = [];
  for (const result of results) {
    const { posServerId, outcome } = result;
    const known = identities.get(posServerId);
    if (!outcome.ok || known === undefined) {
      counted.push(result);
      continue;
    }
    const told = outcome.report.posServerId;
    const crmId = outcome.report.crmId === null ? reportedCrmIds.get(posServerId) : undefined;
    const failure =
      findWrongIdentity(told, known) ??
      (crmId === undefined ? null : failureOf("wrong_crm_id", `${REPORTED_CRM_ID}${crmId}`));
    if (failure)
      counted.push({ posServerId, outcome: { ok: false, failure, receivedAt: outcome.receivedAt } });
    else counted.push(result);
    if (known === null && (await pinIdentity(trx, posServerId, told))) identities.set(posServerId, told);
  }
  return counted;
}

/** The CrmIds of other organizations that those told last whose reports tell none now, by POS server. */
async function findReportedCrmIds(trx: Db, results: readonly PollResult[]): Promise<Map<number, string>> {
  const silent = results.filter(({ outcome }) => outcome.ok && outcome.report.crmId === null);
  if (silent.length === 0) return new Map();
  const rows = await trx
    .selectFrom("posStatus")
    .innerJoin("organization", "organization.id", "posStatus.organizationId")
    .select(["posServerId as id", "crmId"])
    .select(["failureCode", "failureDetail"])
    .where(
      "posServerId",
      "in",
      silent.map(({ posServerId }) => posServerId),
    )
    .where("failureCode", "=", "wrong_crm_id")
    .execute();
  return new Map(
    rows.flatMap(({ id, crmId, failureCode, failureDetail }) => {
      const told = readReportedCrmId(failureCode, failureDetail);
      return told === null || told === crmId ? [] : [[id, told]];
    }),
  );
}

async function pinIdentity(trx: Db, id: number, identity: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("posServer")
    .set({ identity })
    .where("id", "=", id)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("posServer as other").select("other.id").where("other.identity", "=", identity))),
    )
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
