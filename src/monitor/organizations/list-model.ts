import { paginate } from "../viewer/pages.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { AppliedImport } from "./import/apply-import.ts";
import { importInWords } from "./import/import-done.ts";
import { problemsLink } from "./organization-model.ts";
import type { ListedOrganization } from "./registry/organizations.ts";

export interface OrganizationsPage {
  /** What name or CrmId hold; empty = everything. */
  search: string;
  isArchived: boolean;
  found: ListedOrganization[];
  archivedCount: number;
  /** The number of the page as the address has it. */
  page: string;
  /** What an import has just done. */
  imported: AppliedImport | null;
}

/** What the template of `/organizations` shows. */
export function organizationsModel(
  viewer: Viewer,
  { search, isArchived, found, archivedCount, page, imported }: OrganizationsPage,
) {
  const { t } = viewer;
  const { rows, pages } = paginate(found, page, "/organizations", {
    q: search,
    archived: isArchived ? "1" : "",
  });
  return {
    imported: imported && importInWords(viewer, imported),
    search,
    isArchived,
    isEmpty: rows.length === 0,
    isNarrowed: search !== "" || isArchived,
    rows: rows.map((organization) => ({
      url: `/organizations/${organization.id}`,
      name: organization.name,
      crmId: organization.crmId,
      posServers: t("posServers.found", { count: organization.posServers }),
      problems: problemsLink(t, organization.id, isArchived ? 0 : organization.problems),
      pending: isArchived ? 0 : organization.pending,
      parked: organization.parked > 0 ? t("organizations.parked", { count: organization.parked }) : null,
    })),
    pages,
    found: t("organizations.found", { count: found.length }),
    archived: archivedCount > 0 ? t("organizations.showArchived", { count: archivedCount }) : null,
  };
}
