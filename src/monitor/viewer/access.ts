import type { Expression, ExpressionBuilder, ReferenceExpression, SqlBool } from "kysely";
import type { Database } from "../database/schema.ts";

/** The ids of the organizations whose POS servers somebody may see. */
export type OrganizationAccess = "all" | readonly number[];

/** @param organizationIds as a row of a token keeps them: with spaces between; null = all. */
export function organizationsOfToken({
  organizationIds,
}: {
  organizationIds: string | null;
}): OrganizationAccess {
  return organizationIds === null ? "all" : organizationIds.split(" ").map(Number);
}

/** Narrows a query to organizations that somebody may see, archived ones too; `column` has their ids. */
export function isVisibleTo<Tables extends keyof Database>(
  access: OrganizationAccess,
  column: ReferenceExpression<Database, Tables>,
) {
  return (eb: ExpressionBuilder<Database, Tables>): Expression<SqlBool> =>
    access === "all" ? eb.and([]) : eb(column, "in", access);
}

/** Narrows a query that joins `organization` to those that somebody may see and that are not archived. */
export function isShownTo(access: OrganizationAccess) {
  return (eb: ExpressionBuilder<Database, "organization">): Expression<SqlBool> =>
    eb.and([eb("organization.archivedAt", "is", null), isVisibleTo(access, "organization.id")(eb)]);
}

/** Whether somebody may see and do anything with POS servers at all. */
export function hasAnyRight(access: OrganizationAccess): boolean {
  return access === "all" || access.length > 0;
}

export function includesOrganization(access: OrganizationAccess, organizationId: number): boolean {
  return access === "all" || access.includes(organizationId);
}

export function bothOf(one: OrganizationAccess, other: OrganizationAccess): OrganizationAccess {
  if (one === "all") return other;
  return other === "all" ? one : one.filter((id) => other.includes(id));
}
