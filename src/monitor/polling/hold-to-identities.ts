import type { Db } from "../database/schema.ts";
import { failureOf, REPORTED_CRM_ID, readReportedCrmId } from "../pos-client/calls/failure.ts";
import { findWrongIdentity } from "../pos-client/read-answer.ts";
import type { PollResult } from "./save-results.ts";

/**
 * Pins each POS server without an identity to the one that it reports, unless another POS server has that. A report with
 * another identity is a failure. So is a report without a CrmId while the last one reported was another organization's.
 * The registry as of this transaction decides.
 * @returns the results as they count.
 */
export async function holdToIdentities(trx: Db, results: readonly PollResult[]): Promise<PollResult[]> {
  const ids = results.map(({ posServerId }) => posServerId);
  const registered = await trx
    .selectFrom("posServer")
    .select(["id", "identity"])
    .where("id", "in", ids)
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
    const reported = outcome.report.posServerId;
    const crmId = outcome.report.crmId === null ? reportedCrmIds.get(posServerId) : undefined;
    const failure =
      findWrongIdentity(reported, known) ??
      (crmId === undefined ? null : failureOf("wrong_crm_id", `${REPORTED_CRM_ID}${crmId}`));
    const { receivedAt } = outcome;
    counted.push(failure ? { posServerId, outcome: { ok: false, failure, receivedAt } } : result);
    if (known === null && (await pinIdentity(trx, posServerId, reported)))
      identities.set(posServerId, reported);
  }
  return counted;
}

/** The foreign CrmIds that POS servers reported last and whose reports have none now, by POS server. */
async function findReportedCrmIds(trx: Db, results: readonly PollResult[]): Promise<Map<number, string>> {
  const silent = results.filter(({ outcome }) => outcome.ok && outcome.report.crmId === null);
  if (silent.length === 0) return new Map();
  const ids = silent.map(({ posServerId }) => posServerId);
  const rows = await trx
    .selectFrom("posStatus")
    .innerJoin("organization", "organization.id", "posStatus.organizationId")
    .select(["posServerId as id", "crmId"])
    .select(["failureCode", "failureDetail"])
    .where("posServerId", "in", ids)
    .where("failureCode", "=", "wrong_crm_id")
    .execute();
  return new Map(
    rows.flatMap(({ id, crmId, failureCode, failureDetail }) => {
      const reported = readReportedCrmId(failureCode, failureDetail);
      return reported === null || reported === crmId ? [] : [[id, reported]];
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
