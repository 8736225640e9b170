import type { Kysely } from "kysely";
import type { EnrolmentOrder, EnrolmentRefusal } from "../../protocol/enrolment.ts";
import { PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { readableToken } from "../fleet/open-token.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import {
  type AskedCode,
  addEnrolment,
  countUse,
  factsOf,
  findCode,
  findKnown,
  findOrganization,
  findRegistered,
} from "./asking-agents.ts";
import { freeName } from "./free-name.ts";
import { letIn } from "./let-in.ts";

/** How an agent's asking to be let in ends. */
export type EnrolmentOutcome =
  | {
      kind: "enrolled";
      organization: { name: string; crmId: string };
      posServer: { id: number; name: string };
    }
  | { kind: "awaited" }
  | { kind: "refused"; error: EnrolmentRefusal };

export interface AskingAgent {
  order: EnrolmentOrder;
  /** Network address. */
  address: string;
}

/**
 * Lets an agent in by a code: it joins the registry where its place is certain, and otherwise waits for an administrator.
 * Asked again with the same id it is the same use, whatever has become of the code.
 */
export async function enrolAgent(
  db: Kysely<Database>,
  secretBox: SecretBox,
  { order, address }: AskingAgent,
  now: number,
): Promise<EnrolmentOutcome> {
  return await inTransaction(db, async (trx) => {
    const code = await findCode(trx, order.code);
    if (!code) return refused("unknown_code");
    const { token } = order;
    const identity = order.posServerId.toLowerCase();
    const known = await findKnown(trx, identity);
    const registered = await findRegistered(trx, identity);
    const isSomebodyElse = [known, registered].some(
      (row) => row && readableToken(secretBox, row.sealedToken) !== token,
    );
    if (isSomebodyElse) return refused("identity_taken");

    const facts = factsOf(order, address);
    const agent = { ...facts, identity, sealed_token: secretBox.seal(token), enrolment_code_id: code.id };
    const organization = await findOrganization(trx, code, facts.crm_id);
    const isEnded = hasEnded(code, now) || (code.organizationId !== null && organization === null);
    const isUsedUp = code.uses >= code.maxUses;
    if (registered) {
      // It was paired before: from now on it dials in.
      if (!known && !isEnded && !isUsedUp) {
        await addEnrolment(trx, agent, registered.id, now);
        await countUse(trx, code.id);
      }
      const { id, name, organizationName, crmId } = registered;
      return { kind: "enrolled", organization: { name: organizationName, crmId }, posServer: { id, name } };
    }
    const isSameUse = known?.codeId === code.id && known.state !== "enrolled";
    if (isSameUse && known.state === "refused") return refused("refused");
    if (isEnded && !isSameUse) return refused("ended_code");
    if (isUsedUp && !isSameUse) return refused("used_code");

    const isCertain =
      !isEnded && organization !== null && (facts.crm_id === null || facts.crm_id === organization.crmId);
    if (!isCertain && known?.state === "awaited") {
      // What was wrong with it may have been put right, for whoever is to confirm it.
      await trx.updateTable("enrolment").set(facts).where("id", "=", known.id).execute();
      return { kind: "awaited" };
    }
    // One that was let in or refused before, and is gone from the registry, begins anew.
    if (known) await trx.deleteFrom("enrolment").where("id", "=", known.id).execute();
    if (!isSameUse) await countUse(trx, code.id);
    const actor = { ...PROGRAM, address };
    if (!isCertain) {
      await addEnrolment(trx, agent, null, now);
      const { organizationId } = code;
      await recordEvent(trx, actor, { action: "enrolment_ask", subject: facts.host, organizationId }, now);
      return { kind: "awaited" };
    }
    const { id: organizationId } = organization;
    const name = code.posServerName ?? (await freeName(trx, organizationId, order.host));
    const place = { organizationId, posServerId: code.posServerId, name };
    const posServerId = await letIn(trx, secretBox, { identity, token }, place, now);
    await addEnrolment(trx, agent, posServerId, now);
    const event = { action: "pos_server_enrol", subject: name, organizationId, posServerId } as const;
    await recordEvent(trx, actor, event, now);
    return { kind: "enrolled", organization, posServer: { id: posServerId, name } };
  });
}

function hasEnded({ takenBackAt, endsAt }: AskedCode, now: number): boolean {
  return takenBackAt !== null || endsAt <= now;
}

function refused(error: EnrolmentRefusal): EnrolmentOutcome {
  return { kind: "refused", error };
}
