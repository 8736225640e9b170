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
