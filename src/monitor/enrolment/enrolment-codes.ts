import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { findActiveOrganization } from "../registry/organizations.ts";
import { listNames } from "../registry/pos-servers.ts";
import { hashSecretToken, makeSecretToken } from "../secrets/secret-box.ts";

export interface NewEnrolmentCode {
  /** null = each agent says its CrmId. */
  organizationId: number | null;
  /** The agent takes the place of this POS server of the organization; null = it is a new one. */
  posServerId: number | null;
  maxUses: number;
  /** ms UTC. */
  endsAt: number;
}

/** @returns with the secret, which is not stored; null = there is no such organization or POS server. */
export async function createEnrolmentCode(
  db: Db,
  actor: Actor,
  { organizationId, posServerId, maxUses, endsAt }: NewEnrolmentCode,
  now: number,
): Promise<{ id: number; secret: string } | null> {
  return await inTransaction(db, async (trx) => {
    const organization =
      organizationId === null ? null : await findActiveOrganization(trx, { id: organizationId });
    if (organizationId !== null && !organization) return null;
    const names = posServerId === null || organizationId === null ? [] : await listNames(trx, organizationId);
    const posServer = names.find((row) => row.id === posServerId);
    if (posServerId !== null && !posServer) return null;
    const secret = makeSecretToken();
    const { id } = await trx
      .insertInto("enrolmentCode")
      .values({
        secretHash: hashSecretToken(secret),
        organizationId,
        posServerId,
        maxUses,
        createdAt: now,
        endsAt,
        userId: actor.userId,
        userName: actor.name ?? actor.login,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const detail = [{ key: "codeUses" as const, values: { count: maxUses } }];
    const subject = posServer?.name ?? organization?.name ?? null;
    const event = { action: "enrolment_code_create", subject, organizationId, posServerId, detail } as const;
    await recordEvent(trx, actor, event, now);
    return { id, secret };
  });
}

/** @returns false when it lets nobody in anyway. */
export async function takeBackEnrolmentCode(db: Db, actor: Actor, id: number, now: number): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const taken = await trx
      .updateTable("enrolmentCode")
      .set({ takenBackAt: now })
      .where("id", "=", id)
      .where("takenBackAt", "is", null)
      .where("endsAt", ">", now)
      .whereRef("maxUses", ">", "uses")
      .returning(["organizationId", "posServerId"])
      .executeTakeFirst();
    if (!taken) return false;
    const code = await findEnrolmentCode(trx, id);
    const subject = code?.posServerName ?? code?.organizationName;
    await recordEvent(
      trx,
      actor,
      { action: "enrolment_code_take_back", subject: subject ?? null, ...taken },
      now,
    );
    return true;
  });
}

export type ListedEnrolmentCode = Awaited<ReturnType<typeof listEnrolmentCodes>>[number];

export async function listEnrolmentCodes(db: Db, limit: number) {
  return await codes(db).orderBy("enrolmentCode.id", "desc").limit(limit).execute();
}

export async function findEnrolmentCode(db: Db, id: number) {
  return (await codes(db).where("enrolmentCode.id", "=", id).executeTakeFirst()) ?? null;
}

function codes(db: Db) {
  return db
    .selectFrom("enrolmentCode")
    .leftJoin("organization", "organization.id", "enrolmentCode.organizationId")
    .leftJoin("posServer", "posServer.id", "enrolmentCode.posServerId")
    .select(["enrolmentCode.id", "organization.id as organizationId"])
    .select(["organization.name as organizationName", "organization.archivedAt"])
    .select(["posServer.name as posServerName", "enrolmentCode.posServerId"])
    .select(["maxUses", "uses", "enrolmentCode.createdAt", "endsAt"])
    .select(["takenBackAt", "userName as madeBy"]);
}

export async function findNewestOpenCode(db: Db, now: number) {
  const row = await db
    .selectFrom("enrolmentCode")
    .select(["createdAt", "endsAt"])
    .where("takenBackAt", "is", null)
    .where("endsAt", ">", now)
    .whereRef("maxUses", ">", "uses")
    .where("posServerId", "is", null)
    .orderBy("enrolmentCode.id", "desc")
    .executeTakeFirst();
  return row ?? null;
}
