import type { Kysely, Transaction } from "kysely";
import type { EnrolmentOrder, EnrolmentRefusal } from "../../protocol/enrolment.ts";
import { PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { readableToken } from "../fleet/open-token.ts";
import { findActiveOrganization } from "../organizations/registry/active-organizations.ts";
import { addPosServer } from "../organizations/registry/registry.ts";
import { hashSecretToken } from "../people/registry/secret-token.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { dialledConnection } from "./dialled-connection.ts";
import { freeName } from "./free-name.ts";

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
 * Lets an agent in by a code: it joins the registry where its organization is certain, and otherwise waits for an
 * administrator. Asked again with the same id it is the same use, whatever has become of the code.
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
    const { id: codeId } = code;
    const identity = order.posServerId.toLowerCase();
    const crmId = order.crmId?.trim() || null;
    const known = await findKnown(trx, identity);
    if (known && readableToken(secretBox, known.sealedToken) !== order.token)
      return refused("identity_taken");
    const registered = await findRegistered(trx, identity);
    const refusal = refusalOf(code, now);
    if (registered) {
      if (readableToken(secretBox, registered.sealedToken) !== order.token) return refused("identity_taken");
      // It was paired before: from now on it dials in.
      if (!known && !refusal) await addEnrolment("enrolled", registered.id);
      return enrolledAs(registered);
    }
    const isSameUse = known?.codeId === code.id && known.state !== "enrolled";
    if (isSameUse) return known.state === "awaited" ? { kind: "awaited" } : refused("refused");
    if (refusal) return refused(refusal);

    // One that was let in or refused before, and is gone from the registry, begins anew.
    if (known) await trx.deleteFrom("enrolment").where("id", "=", known.id).execute();
    const organization = await findOrganization(trx, code.organizationId, crmId);
    if (code.organizationId !== null && !organization) return refused("ended_code");
    const isCertain = organization !== null && (crmId === null || crmId === organization.crmId);
    const actor = { ...PROGRAM, address };
    if (!isCertain) {
      await addEnrolment("awaited", null);
      await recordEvent(trx, actor, { action: "enrolment_ask", subject: order.host }, now);
      return { kind: "awaited" };
    }
    const name = await freeName(trx, organization.id, order.host);
    const connection = dialledConnection(order.token, identity);
    const organizationId = organization.id;
    const posServer = { organizationId, name, pollIntervalMs: null, isParked: false, ...connection };
    const posServerId = await addPosServer(trx, secretBox, posServer, now);
    await addEnrolment("enrolled", posServerId);
    const event = { action: "pos_server_enrol", subject: name, organizationId, posServerId } as const;
    await recordEvent(trx, actor, event, now);
    return { kind: "enrolled", organization, posServer: { id: posServerId, name } };

    async function addEnrolment(state: "awaited" | "enrolled", posServerId: number | null): Promise<void> {
      await trx
        .insertInto("enrolment")
        .values({
          enrolment_code_id: codeId,
          identity,
          sealed_token: secretBox.seal(order.token),
          fingerprint: order.fingerprint,
          host: order.host,
          address,
          crm_id: crmId,
          version: order.version ?? null,
          state,
          asked_at: now,
          decided_at: state === "enrolled" ? now : null,
          decided_by: null,
          pos_server_id: posServerId,
        })
        .execute();
    }
  });
}

type KnownCode = NonNullable<Awaited<ReturnType<typeof findCode>>>;

/** Why a code lets nobody else in; null = it does. */
function refusalOf({ takenBackAt, endsAt, uses, maxUses }: KnownCode, now: number): EnrolmentRefusal | null {
  if (takenBackAt !== null || endsAt <= now) return "ended_code";
  return uses >= maxUses ? "used_code" : null;
}

function refused(error: EnrolmentRefusal): EnrolmentOutcome {
  return { kind: "refused", error };
}

async function findCode(trx: Transaction<Database>, secret: string) {
  return await trx
    .selectFrom("enrolment_code")
    .select(({ selectFrom }) => [
      "id",
      "organization_id as organizationId",
      "max_uses as maxUses",
      "ends_at as endsAt",
      "taken_back_at as takenBackAt",
      selectFrom("enrolment")
        .select(({ fn }) => fn.countAll<number>().as("uses"))
        .whereRef("enrolment_code_id", "=", "enrolment_code.id")
        .as("uses"),
    ])
    .where("secret_hash", "=", hashSecretToken(secret))
    .executeTakeFirst()
    .then((code) => code && { ...code, uses: code.uses ?? 0 });
}

async function findKnown(trx: Transaction<Database>, identity: string) {
  return await trx
    .selectFrom("enrolment")
    .select(["id", "enrolment_code_id as codeId", "sealed_token as sealedToken", "state"])
    .where("identity", "=", identity)
    .executeTakeFirst();
}

async function findRegistered(trx: Transaction<Database>, identity: string) {
  return await trx
    .selectFrom("pos_server")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["pos_server.id", "pos_server.name", "sealed_token as sealedToken"])
    .select(["organization.name as organizationName", "organization.crm_id as crmId"])
    .where("pos_server.identity", "=", identity)
    .executeTakeFirst();
}

function enrolledAs(posServer: NonNullable<Awaited<ReturnType<typeof findRegistered>>>): EnrolmentOutcome {
  const { id, name, organizationName, crmId } = posServer;
  return { kind: "enrolled", organization: { name: organizationName, crmId }, posServer: { id, name } };
}

/** That of the code, or the one with the CrmId that the agent says; null = there is none, or it is archived. */
async function findOrganization(trx: Transaction<Database>, id: number | null, crmId: string | null) {
  if (id !== null) return await findActiveOrganization(trx, { id });
  return crmId === null ? null : await findActiveOrganization(trx, { crmId });
}
