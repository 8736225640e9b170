import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { endTakingsWithoutRight } from "../../fleet/end-takings.ts";
import { queueAllIncidents } from "../../fleet/queue-changes.ts";
import { listActiveOrganizations } from "../../organizations/registry/active-organizations.ts";
import { findUserById } from "../registry/users.ts";
import { describeRights } from "./describe-rights.ts";

/** The right «Настройка предприятия» as it is ticked for a user. */
export interface Rights {
  /** All present and future organizations, whatever the ids say. */
  hasAll: boolean;
  organizationIds: ReadonlySet<number>;
}

/** The ticks of a user, also those that an administrator's or an "all" right makes needless. */
export async function findRights(
  db: Db,
  user: { id: number; hasAllOrganizations: boolean },
): Promise<Rights> {
  const rows = await db
    .selectFrom("user_organization")
    .select("organization_id")
    .where("user_id", "=", user.id)
    .execute();
  return {
    hasAll: user.hasAllOrganizations,
    organizationIds: new Set(rows.map(({ organization_id }) => organization_id)),
  };
}

/** Saves the ticks of a user. Rights for archived organizations stay as they are. @returns false for no such user. */
export async function saveRights(
  db: Db,
  actor: Actor,
  userId: number,
  wanted: Rights,
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const user = await findUserById(trx, userId);
    if (!user) return false;
    const present = await findRights(trx, user);
    const organizations = await listActiveOrganizations(trx);
    const added = organizations.filter(
      ({ id }) => wanted.organizationIds.has(id) && !present.organizationIds.has(id),
    );
    const removed = organizations.filter(
      ({ id }) => !wanted.organizationIds.has(id) && present.organizationIds.has(id),
    );
    const isAllChanged = wanted.hasAll !== present.hasAll;
    if (added.length === 0 && removed.length === 0 && !isAllChanged) return true;

    await trx
      .updateTable("user")
      .set({ has_all_organizations: wanted.hasAll ? 1 : 0 })
      .where("id", "=", userId)
      .execute();
    for (const { id } of removed) {
      await trx
        .deleteFrom("user_organization")
        .where("user_id", "=", userId)
        .where("organization_id", "=", id)
        .execute();
    }
    for (const { id } of added) {
      await trx.insertInto("user_organization").values({ user_id: userId, organization_id: id }).execute();
    }
    const hasAll = isAllChanged ? wanted.hasAll : null;
    const detail = describeRights({ hasAll, added, removed });
    await recordEvent(trx, actor, { action: "rights_change", subject: user.login, detail }, now);
    await endTakingsWithoutRight(trx, now);
    await queueAllIncidents(trx);
    return true;
  });
}
