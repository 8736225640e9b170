import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { listOrganizations } from "../fleet/summary.ts";
import type { Choice } from "../forms/field-model.ts";
import { bothOf, isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** With more organizations a page offers the chosen one, and asks for the others when somebody looks for one. */
const MOST_OFFERED = 100;

export type OfferedOrganization = Awaited<ReturnType<typeof listOrganizations>>[number];

export interface OfferedOrganizations {
  /** How many there are. */
  count: number;
  offered: OfferedOrganization[];
}

export async function offerOrganizations(
  db: Db,
  access: OrganizationAccess,
  chosenId: number | null,
): Promise<OfferedOrganizations> {
  const count = await countRows(db.selectFrom("organization").where(isShownTo(access)));
  if (count <= MOST_OFFERED) return { count, offered: await listOrganizations(db, access) };
  return { count, offered: chosenId === null ? [] : await listOrganizations(db, bothOf(access, [chosenId])) };
}

export function organizationChoices(t: Viewer["t"], organizations: readonly OfferedOrganization[]): Choice[] {
  return organizations.map((one) => [one.id, t("posServers.filter.organizationOption", one)]);
}
