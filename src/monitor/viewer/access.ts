import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { Database } from "../database/schema.ts";

/** The organizations whose POS servers somebody may see: all of them, or these ids. */
export type OrganizationAccess = "all" | readonly number[];

/** Narrows a query that joins `organization` to those that somebody may see; archived ones nobody sees. */
export function isVisibleTo(access: OrganizationAccess) {
  return (row: ExpressionBuilder<Database, "organization">): Expression<SqlBool> => {
    const isPresent = row("organization.archived_at", "is", null);
    return access === "all" ? isPresent : row.and([isPresent, row("organization.id", "in", access)]);
  };
}

/** Whether somebody may see and do anything with POS servers at all. */
export function hasAnyRight(access: OrganizationAccess): boolean {
  return access === "all" || access.length > 0;
}

/** Whether the organization is one of those. */
export function includesOrganization(access: OrganizationAccess, organizationId: number): boolean {
  return access === "all" || access.includes(organizationId);
}
