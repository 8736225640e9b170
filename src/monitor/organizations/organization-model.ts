import { excelButton } from "../excel/export-words.ts";
import type { OpeningHours } from "../fleet/opening-hours/opening-hours.ts";
import { hoursFacts } from "../fleet/opening-hours/opening-hours-in-words.ts";
import { type Confirmation, fieldsOf } from "../forms/field-model.ts";
import { MAX_NAME_LENGTH } from "../registry/names.ts";
import type { ListedOrganization, Organization } from "../registry/organizations.ts";
import type { PosServerOfOrganization } from "../registry/pos-servers.ts";
import { paginate } from "../viewer/pages.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { AppliedImport } from "./import/apply-import.ts";
import { importInWords } from "./import/import-model.ts";
import type { OrganizationForm } from "./organization-form.ts";

interface OrganizationPage {
  organization: Organization;
  posServers: PosServerOfOrganization[];
  page: string;
  problems: number;
  openingHours: OpeningHours;
}

type FilledOrganizationForm = Pick<OrganizationForm, "typed" | "problems">;

interface OrganizationsPage {
  /** Part of a name or CrmId; empty = everything. */
  search: string;
  isArchived: boolean;
  found: ListedOrganization[];
  archivedCount: number;
  page: string;
  imported: AppliedImport | null;
}

export function organizationModel(
  viewer: Viewer,
  { organization, posServers, page, problems, openingHours }: OrganizationPage,
  now: number,
) {
  const { t, format } = viewer;
  const { name, crmId, archivedAt } = organization;
  const path = `/organizations/${organization.id}`;
  const isArchived = archivedAt !== null;
  const { rows, pages } = paginate(posServers, page, path);
  return {
    title: name,
    path,
    subtitle: `${t("posServers.crmId", { crmId })} · ${t("posServers.found", { count: posServers.length })}`,
    isArchived,
    archivedSince: isArchived
      ? t("organization.archivedSince", { time: format.time(archivedAt, archivedAt) })
      : null,
    problems: problemsLink(t, organization.id, isArchived ? 0 : problems),
    registryUrl: isArchived ? null : `/organizations/pos-servers?organization=${organization.id}`,
    openingHours: isArchived
      ? null
      : {
          facts: hoursFacts(viewer, { own: openingHours }, now).map(({ title, text }) => `${title}: ${text}`),
          url: `${path}/opening-hours/new`,
        },
    isEmpty: rows.length === 0,
    rows: rows.map((posServer) => {
      const state = posServer.isParked ? "parked" : posServer.state;
      return {
        state,
        label: isArchived ? null : t(`state.${state}`),
        name: posServer.name,
        url: isArchived ? null : `/pos-servers/${posServer.id}`,
        address:
          posServer.address ??
          t(posServer.connection === "dial_out" ? "posServers.dialsOut" : "posServers.noAddress"),
      };
    }),
    pages,
  };
}

/** @param problem why it was not archived: a key of the catalogs. */
export function archivingModel(
  { t }: Viewer,
  { id, name, crmId }: Organization,
  posServers: number,
  problem: string | null,
): Confirmation {
  const url = `/organizations/${id}`;
  return {
    title: t("organization.archiving.title", { name }),
    subtitle: t("posServers.crmId", { crmId }),
    texts: [
      posServers > 0
        ? t("organization.archiving.text", { count: posServers })
        : t("organization.archiving.textEmpty"),
      t("organization.archiving.wayBack"),
    ],
    problem: problem && t(problem),
    path: `${url}/archiving`,
    sends: { name: "archived", value: "1" },
    submit: t("organization.archiving.submit"),
    isDanger: true,
    backUrl: url,
  };
}

export function newOrganizationModel({ t }: Viewer, { typed, problems }: FilledOrganizationForm) {
  const field = fieldsOf(t, { typed, problems, limits: { maxLength: MAX_NAME_LENGTH } });
  return {
    hasProblems: Object.keys(problems).length > 0,
    fields: [
      field("name", { label: t("organization.name"), isRequired: true, isFocused: true }),
      field("crmId", {
        label: "CrmId",
        isRequired: true,
        inputMode: "numeric",
        hint: t("organization.crmIdHint"),
      }),
    ],
  };
}

export function changedOrganizationModel(
  viewer: Viewer,
  { id, name }: Organization,
  form: FilledOrganizationForm,
) {
  return { title: name, path: `/organizations/${id}`, ...newOrganizationModel(viewer, form) };
}

function problemsLink(t: Viewer["t"], organizationId: number, problems: number) {
  if (problems === 0) return null;
  return {
    text: t("posServers.headline.problems", { count: problems }),
    url: `/pos-servers?organization=${organizationId}&hideSynced=1`,
  };
}

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
    excelButton: excelButton(t, "/organizations.xlsx"),
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
