import type { AuditDetail, AuditDetailPart } from "../audit-log/detail.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import { hasRow } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { endAcknowledgementsWithoutRight } from "../restaurants/end-acknowledgements.ts";
import { queueAllIncidents } from "../restaurants/queue-changes.ts";
import { findUserById, type User } from "./users.ts";

/** The right «Настройка предприятия» as it is ticked for a user. */
export interface Rights {
  /** All present and future organizations, whatever the ids say. */
  hasAll: boolean;
  organizationIds: ReadonlySet<number>;
}

/** The audit log names so many of the organizations of a change, and counts the others. */
const NAMED_ORGANIZATIONS = 100;

interface NamedOrganization {
  name: string;
  crmId: string;
}

interface RightsChange {
  /** Whether the right for all organizations was given or taken; null = neither. */
  hasAll: boolean | null;
  added: readonly NamedOrganization[];
  removed: readonly NamedOrganization[];
}

/** The ticks of a user, also those that a wider right makes needless. */
export async function findRights(
  db: Db,
  user: { id: number; hasAllOrganizations: boolean },
): Promise<Rights> {
  const rows = await db
    .selectFrom("userOrganization")
    .select("organizationId")
    .where("userId", "=", user.id)
    .execute();
  return {
    hasAll: user.hasAllOrganizations,
    organizationIds: new Set(rows.map(({ organizationId }) => organizationId)),
  };
}

/** Whether they could sign in, but would see nothing: archived organizations are not shown. */
export async function seesNothing(db: Db, user: User): Promise<boolean> {
  if (user.isAdministrator || user.hasAllOrganizations || user.isBlocked) return false;
  return !(await hasRow(
    db
      .selectFrom("userOrganization")
      .innerJoin("organization", "organization.id", "userOrganization.organizationId")
      .where("userId", "=", user.id)
      .where("organization.archivedAt", "is", null),
  ));
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
    const organizations = await listOrganizations(trx, "all");
    const added = organizations.filter(
      ({ id }) => wanted.organizationIds.has(id) && !present.organizationIds.has(id),
    );
    const removed = organizations.filter(
      ({ id }) => !wanted.organizationIds.has(id) && present.organizationIds.has(id),
    );
    const isAllChanged = wanted.hasAll !== present.hasAll;
    if (added.length === 0 && removed.length === 0 && !isAllChanged) return true;

    const column = { hasAllOrganizations: Number(wanted.hasAll) };
    await trx.updateTable("user").set(column).where("id", "=", userId).execute();
    for (const { id } of removed) {
      await trx
        .deleteFrom("userOrganization")
        .where("userId", "=", userId)
        .where("organizationId", "=", id)
        .execute();
    }
    for (const { id } of added) {
      await trx.insertInto("userOrganization").values({ userId, organizationId: id }).execute();
    }
    const hasAll = isAllChanged ? wanted.hasAll : null;
    const detail = describeRights({ hasAll, added, removed });
    await recordEvent(trx, actor, { action: "rights_change", subject: user.login, detail }, now);
    await endAcknowledgementsWithoutRight(trx, now);
    await queueAllIncidents(trx);
    return true;
  });
}

/** Says which rights were given and taken, for the audit log. */
export function describeRights({ hasAll, added, removed }: RightsChange): AuditDetail {
  const key = hasAll ? "allRightsAdded" : "allRightsRemoved";
  return [
    ...(hasAll === null ? [] : [{ key, values: {} } as const]),
    ...describeOrganizations(added, "rightAdded", "moreRightsAdded"),
    ...describeOrganizations(removed, "rightRemoved", "moreRightsRemoved"),
  ];
}

function describeOrganizations(
  organizations: readonly NamedOrganization[],
  key: "rightAdded" | "rightRemoved",
  moreKey: "moreRightsAdded" | "moreRightsRemoved",
): AuditDetailPart[] {
  const named = organizations
    .slice(0, NAMED_ORGANIZATIONS)
    .map(({ name, crmId }): AuditDetailPart => ({ key, values: { name, crmId } }));
  const count = organizations.length - named.length;
  return count > 0 ? [...named, { key: moreKey, values: { count } }] : named;
}
