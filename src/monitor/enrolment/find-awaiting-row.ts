import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import type { ActiveOrganization } from "../registry/organizations.ts";

interface AwaitingRow {
  id: number;
  name: string;
}

/** Where an agent belongs: a POS server that waits for it, or a new one (`row` is null) of the organization. */
export interface FoundPlace {
  organization: ActiveOrganization;
  row: AwaitingRow | null;
}

/**
 * Finds the POS server without an address that waits for an agent of this computer: one that names the computer, or else the
 * only one that names none. @param organization null = the agent does not say; then only its computer counts.
 * @returns null where an administrator has to choose.
 */
export async function findAwaitingRow(
  trx: Db,
  organization: ActiveOrganization | null,
  host: string,
): Promise<FoundPlace | null> {
  const waiting = await trx
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "computer"])
    .select(["organization.id as organizationId", "organization.name as organizationName", "crmId"])
    .where("posServer.connection", "=", "direct")
    .where("posServer.address", "is", null)
    .where("posServer.identity", "is", null)
    .where("archivedAt", "is", null)
    .$if(organization !== null, (query) => query.where("organization.id", "=", organization?.id ?? 0))
    .execute();
  if (waiting.length === 0) return organization && { organization, row: null };
  const named = waiting.filter(
    ({ computer }) => computer !== null && searchText(computer) === searchText(host),
  );
  const unnamed = organization === null ? [] : waiting.filter(({ computer }) => computer === null);
  const [row, another] = named.length > 0 ? named : unnamed;
  if (!row || another) return null;
  const { id, name, organizationId, organizationName, crmId } = row;
  return { organization: { id: organizationId, name: organizationName, crmId }, row: { id, name } };
}
