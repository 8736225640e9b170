import { type Insertable, type SqlBool, sql } from "kysely";
import type { EnrolmentOrder, EnrolmentRefusal } from "../../protocol/enrolment.ts";
import { visibleName, withVisibleTexts } from "../../protocol/visible-text.ts";
import { type Actor, PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import type { EnrolmentTable } from "../database/tables/agent-tables.ts";
import { inTransaction } from "../database/transaction.ts";
import { type ActiveOrganization, findActiveOrganization } from "../registry/organizations.ts";
import { readableToken } from "../restaurants/pos-server-to-call.ts";
import { hashSecretToken, type SecretBox } from "../secrets/secret-box.ts";
import { type FoundPlace, findAwaitingRow, freeName, letIn } from "./let-in.ts";

type EnrolmentOutcome =
  | {
      kind: "enrolled";
      organization: Omit<ActiveOrganization, "id">;
      posServer: { id: number; name: string };
      /** Gets the identity, which may be another machine's; null = it has it as a new one. */
      machine: string | null;
    }
  | { kind: "awaited" }
  | { kind: "refused"; error: EnrolmentRefusal };

interface Asking {
  code: AskedCode;
  agent: NewEnrolment;
  token: string;
  host: string;
  /** A POS server called by its address that becomes this agent. */
  replaced: { id: number; name: string } | null;
}

/**
 * Lets an agent in by a code: into the registry if its place is certain, else it waits for an administrator. Asking again
 * with the same id counts as the same use, whatever became of the code.
 */
export async function enrolAgent(
  db: Db,
  secretBox: SecretBox,
  { order, address }: { order: EnrolmentOrder; address: string },
  now: number,
): Promise<EnrolmentOutcome> {
  return await inTransaction(db, async (trx) => {
    const code = await findCode(trx, order.code);
    if (!code) return refused("unknown_code");
    const { token, host } = order;
    const identity = order.posServerId.toLowerCase();
    const known = await findKnown(trx, identity);
    const registered = await findRegistered(trx, identity);
    const isSomebodyElse = [known, registered].some(
      (row) => row && readableToken(secretBox, row.sealedToken) !== token,
    );
    if (isSomebodyElse) return refused("identity_taken");

    const facts = factsOf(order, address);
    const agent = { ...facts, identity, sealedToken: secretBox.seal(token), enrolmentCodeId: code.id };
    const organization = await findOrganization(trx, code, facts.crmId);
    const refusal = refusalOf(code, organization, now);
    const isCalled = registered?.connection === "direct";
    if (registered && !isCalled) {
      const { id, name, organizationName, crmId } = registered;
      const machine = code.posServerId === id && !refusal ? (order.machine ?? null) : null;
      if (machine !== null) await countUse(trx, code.id);
      const organization = { name: organizationName, crmId };
      return { kind: "enrolled", organization, posServer: { id, name }, machine };
    }
    const isSameUse = known?.codeId === code.id && known.state !== "enrolled";
    if (isSameUse && known.state === "refused") return refused("refused");
    if (refusal && !isSameUse) return refused(refusal);

    // A waiting agent is left to an administrator, even if its place has become certain. A POS server called by its address
    // needs a code to dial in, not just its token. Codes of former administrators need a confirmation.
    const isElsewhere =
      isCalled &&
      ((code.posServerId ?? registered.id) !== registered.id ||
        (organization ?? registered).crmId !== registered.crmId);
    const own =
      isCalled && !refusal
        ? { id: registered.organizationId, name: registered.organizationName, crmId: registered.crmId }
        : null;
    const isCertain = code.isTrusted && !isSameUse && !isElsewhere;
    const certain = isCertain ? await findPlace(trx, code, own, organization, facts) : null;
    if (!certain && known?.state === "awaited") {
      // Its facts may have been corrected.
      await trx.updateTable("enrolment").set(facts).where("id", "=", known.id).execute();
      return { kind: "awaited" };
    }
    // It was let in or refused before, and is no longer in the registry: it starts again.
    if (known) await trx.deleteFrom("enrolment").where("id", "=", known.id).execute();
    await countUse(trx, code.id);
    const asking = { code, agent, token, host, replaced: registered ?? null };
    return certain ? await join(trx, secretBox, asking, certain, now) : await wait(trx, asking, now);
  });
}

async function join(
  trx: Db,
  secretBox: SecretBox,
  { code, agent, token, host, replaced }: Asking,
  { organization, row }: FoundPlace,
  now: number,
): Promise<EnrolmentOutcome> {
  const { id: organizationId } = organization;
  const name = code.posServerName ?? (replaced ?? row)?.name ?? (await freeName(trx, organizationId, host));
  const place = { organizationId, posServerId: code.posServerId ?? (replaced ?? row)?.id ?? null, name };
  const posServerId = await letIn(trx, secretBox, { identity: agent.identity, token }, place, now);
  await addEnrolment(trx, agent, posServerId, now);
  const event = { action: "pos_server_enrol", subject: name, organizationId, posServerId } as const;
  await recordEvent(trx, actorOf(agent), event, now);
  return { kind: "enrolled", organization, posServer: { id: posServerId, name }, machine: null };
}

async function wait(trx: Db, { code, agent }: Asking, now: number): Promise<EnrolmentOutcome> {
  await addEnrolment(trx, agent, null, now);
  const { organizationId } = code;
  const event = { action: "enrolment_ask", subject: agent.host, organizationId } as const;
  await recordEvent(trx, actorOf(agent), event, now);
  return { kind: "awaited" };
}

function actorOf({ address }: NewEnrolment): Actor {
  return { ...PROGRAM, address };
}

/** @param own of the POS server that becomes this agent. @returns null where an administrator has to choose. */
async function findPlace(
  trx: Db,
  code: AskedCode,
  own: ActiveOrganization | null,
  organization: ActiveOrganization | null,
  { crmId, host }: { crmId: string | null; host: string },
): Promise<FoundPlace | null> {
  if (own) return { organization: own, row: null };
  if (crmId !== null && crmId !== organization?.crmId) return null;
  if (code.posServerId !== null) return organization && { organization, row: null };
  return await findAwaitingRow(trx, organization, host);
}

/** Why a code lets nobody else in; null = it does. */
function refusalOf(
  { organizationId, takenBackAt, endsAt, uses, maxUses }: AskedCode,
  organization: ActiveOrganization | null,
  now: number,
): EnrolmentRefusal | null {
  const isArchived = organizationId !== null && organization === null;
  if (takenBackAt !== null || endsAt <= now || isArchived) return "ended_code";
  return uses >= maxUses ? "used_code" : null;
}

function refused(error: EnrolmentRefusal): EnrolmentOutcome {
  return { kind: "refused", error };
}

function factsOf({ host, crmId, version, fingerprint }: EnrolmentOrder, address: string) {
  return withVisibleTexts({
    host: visibleName(host),
    address,
    crmId: crmId?.trim() || null,
    version: version ?? null,
    fingerprint,
  });
}

type AskedCode = NonNullable<Awaited<ReturnType<typeof findCode>>>;

async function findCode(trx: Db, secret: string) {
  return await trx
    .selectFrom("enrolmentCode")
    .leftJoin("posServer", "posServer.id", "enrolmentCode.posServerId")
    .leftJoin("user", "user.id", "enrolmentCode.userId")
    .select([
      "enrolmentCode.id",
      "enrolmentCode.organizationId",
      "enrolmentCode.posServerId",
      "posServer.name as posServerName",
      "maxUses",
      "uses",
      "endsAt",
      "takenBackAt",
      // Made at the command line, or by somebody who is still an administrator.
      sql<SqlBool>`user.id is null or (user.is_administrator and not user.is_blocked)`.as("isTrusted"),
    ])
    .where("secretHash", "=", hashSecretToken(secret))
    .executeTakeFirst();
}

async function findKnown(trx: Db, identity: string) {
  return await trx
    .selectFrom("enrolment")
    .select(["id", "enrolmentCodeId as codeId", "sealedToken", "state"])
    .where("identity", "=", identity)
    .executeTakeFirst();
}

async function findRegistered(trx: Db, identity: string) {
  return await trx
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "connection", "sealedToken"])
    .select(["organization.id as organizationId", "organization.name as organizationName"])
    .select("organization.crmId")
    .where("posServer.identity", "=", identity)
    .executeTakeFirst();
}

/** Of the code, or with the agent's CrmId, unless it is archived. */
async function findOrganization(trx: Db, { organizationId }: AskedCode, crmId: string | null) {
  if (organizationId !== null) return await findActiveOrganization(trx, { id: organizationId });
  return crmId === null ? null : await findActiveOrganization(trx, { crmId });
}

type NewEnrolment = Pick<
  Insertable<EnrolmentTable>,
  "enrolmentCodeId" | "identity" | "sealedToken" | "fingerprint" | "host" | "address" | "crmId" | "version"
>;

/** @param posServerId what it became; null = it waits. */
async function addEnrolment(
  trx: Db,
  agent: NewEnrolment,
  posServerId: number | null,
  now: number,
): Promise<void> {
  const decided =
    posServerId === null
      ? { state: "awaited" as const }
      : { state: "enrolled" as const, posServerId, decidedAt: now };
  await trx
    .insertInto("enrolment")
    .values({ ...agent, ...decided, askedAt: now })
    .execute();
}

async function countUse(trx: Db, codeId: number): Promise<void> {
  await trx
    .updateTable("enrolmentCode")
    .set(({ eb }) => ({ uses: eb("uses", "+", 1) }))
    .where("id", "=", codeId)
    .execute();
}
