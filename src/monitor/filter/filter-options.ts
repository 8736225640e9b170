import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import { listOrganizations } from "../fleet/summary.ts";
import type { Choice } from "../forms/field-model.ts";
import { listTags, type Tag } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** One for each language and set of rights in use. */
const MAX_KEPT = 20;
/** No poll changes them. */
const MAX_AGE_MS = Number.POSITIVE_INFINITY;

export type OfferedOrganization = Awaited<ReturnType<typeof listOrganizations>>[number];

/** The organizations of the filter, and their `<option>` elements as HTML. */
export interface OrganizationOptions {
  organizations: OfferedOrganization[];
  html: string;
}

/** Keeps the options for viewers: a thousand of them cost more than the rest of the page. */
export function createOrganizationOptions(
  database: OpenDatabase,
  clock: () => number,
  render: (viewer: Viewer, organizations: OfferedOrganization[]) => string,
): (viewer: Viewer) => Promise<OrganizationOptions> {
  const keep = keepFindings<OrganizationOptions>({
    database,
    clock,
    maxKept: MAX_KEPT,
    maxAgeMs: MAX_AGE_MS,
  });

  return (viewer) =>
    keep(JSON.stringify([viewer.organizations, viewer.language]), async () => {
      const organizations = await listOrganizations(database.db, viewer.organizations);
      return { organizations, html: render(viewer, organizations) };
    });
}

export function organizationChoices(t: Viewer["t"], organizations: readonly OfferedOrganization[]): Choice[] {
  return organizations.map((one) => [one.id, t("posServers.filter.organizationOption", one)]);
}

export function selectOption(html: string, organizationId: number | null): string {
  return organizationId === null
    ? html
    : html.replace(`value="${organizationId}">`, `value="${organizationId}" selected>`);
}

export function createTagOptions(
  database: OpenDatabase,
  clock: () => number,
): (viewer: Viewer) => Promise<Tag[]> {
  const keep = keepFindings<Tag[]>({ database, clock, maxKept: MAX_KEPT, maxAgeMs: MAX_AGE_MS });
  return ({ organizations }) =>
    keep(JSON.stringify(organizations), () => listTags(database.db, organizations));
}
