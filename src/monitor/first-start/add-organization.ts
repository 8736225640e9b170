import type { Kysely } from "kysely";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { confirmEnrolment, findAwaited, isBoundElsewhere } from "../enrolment/decide-enrolment.ts";
import { organizationCreated } from "../organizations/registry/events.ts";
import { isIdentityTaken } from "../organizations/registry/pos-servers.ts";
import {
  addOrganization,
  findOrganizationId,
  type NewOrganization,
} from "../organizations/registry/registry.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** Adds the organization of an agent that waits, and lets the agent in as its first POS server. */
export async function addOrganizationOfAgent(
  db: Kysely<Database>,
  secretBox: SecretBox,
  actor: Actor,
  { enrolmentId, organization, name }: { enrolmentId: number; organization: NewOrganization; name: string },
  now: number,
): Promise<{ posServerId: number } | "gone" | "identity_taken" | "crm_id_taken" | "other_crm_id"> {
  return await inTransaction(db, async (trx) => {
    const awaited = await findAwaited(trx, enrolmentId);
    if (!awaited) return "gone";
    if (isBoundElsewhere(awaited, organization)) return "other_crm_id";
    if (await isIdentityTaken(trx, awaited.identity, null)) return "identity_taken";
    if ((await findOrganizationId(trx, organization.crmId)) !== null) return "crm_id_taken";
    const organizationId = await addOrganization(trx, organization, now);
    await recordEvent(trx, actor, organizationCreated(organization, organizationId), now);
    const wanted = { organizationId, posServerId: null, name };
    const confirmed = await confirmEnrolment(trx, secretBox, actor, enrolmentId, wanted, now);
    if (typeof confirmed === "string") throw new Error(`The agent cannot be let in: ${confirmed}`);
    return confirmed;
  });
}
