import type { OpeningHours } from "../fleet/opening-hours/opening-hours.ts";
import { hoursFacts } from "../fleet/opening-hours/opening-hours-in-words.ts";
import { paginate } from "../viewer/pages.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { problemsLink } from "./problems-link.ts";
import type { Organization } from "./registry/organizations.ts";
import type { PosServerOfOrganization } from "./registry/pos-servers.ts";

export interface OrganizationPage {
  organization: Organization;
  posServers: PosServerOfOrganization[];
  /** The number of the page as the address has it. */
  page: string;
  /** How many of them have a problem. */
  problems: number;
  openingHours: OpeningHours;
}

/** What the template of `/organizations/:id` shows. */
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
