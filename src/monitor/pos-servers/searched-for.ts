import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { FAILURE_CODES, type FailureCode } from "../pos-client/calls/failure.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** What a search finds outside the table of statuses. */
export interface SearchedFor {
  /** Failures whose words in the viewer's language hold the text. */
  failureCodes: readonly FailureCode[];
  /** Organizations of the viewer whose names hold the text. */
  organizationIds: readonly number[];
}

export async function findSearchedFor(
  db: Db,
  { t, organizations: access }: Viewer,
  search: string,
): Promise<SearchedFor> {
  const wanted = searchText(search);
  if (wanted === "") return { failureCodes: [], organizationIds: [] };
  const holdsIt = (text: string) => searchText(text).includes(wanted);
  const organizations = await listOrganizations(db, access);
  return {
    failureCodes: FAILURE_CODES.filter((code) => holdsIt(t(`failure.${code}`))),
    organizationIds: organizations.filter(({ name }) => holdsIt(name)).map(({ id }) => id),
  };
}
