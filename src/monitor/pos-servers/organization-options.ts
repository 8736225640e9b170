import type { OpenDatabase } from "../database/open.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { readRegistryRevision } from "../polling/poll-targets.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** One for each language and set of rights in use. */
const MAX_KEPT = 20;

export type OfferedOrganization = Awaited<ReturnType<typeof listOrganizations>>[number];

/** The organizations of the filter, and their `<option>` elements as HTML. */
export interface OrganizationOptions {
  organizations: OfferedOrganization[];
  html: string;
  /** Of the registry: other options have another one. */
  revision: number;
}

/**
 * Keeps the options of the filter until the registry changes: a thousand of them cost more than all the rest of the
 * page.
 * @returns a function that gives the options for a viewer.
 */
export function createOrganizationOptions(
  { db, revision: readRevision }: OpenDatabase,
  render: (viewer: Viewer, organizations: OfferedOrganization[]) => string,
): (viewer: Viewer) => Promise<OrganizationOptions> {
  const kept = new Map<string, OrganizationOptions>();
  let savedRevision = "";
  let revision = 0;

  return async (viewer) => {
    await followRegistry();
    const key = JSON.stringify([viewer.organizations, viewer.language]);
    const known = kept.get(key);
    if (known) return known;

    const organizations = await listOrganizations(db, viewer.organizations);
    const options = { organizations, html: render(viewer, organizations), revision };
    kept.set(key, options);
    return options;
  };

  async function followRegistry(): Promise<void> {
    const saved = readRevision();
    if (saved === savedRevision && kept.size <= MAX_KEPT) return;
    const current = await readRegistryRevision(db);
    if (current !== revision || kept.size > MAX_KEPT) kept.clear();
    savedRevision = saved;
    revision = current;
  }
}

/** The same options with one of them selected. */
export function selectOption(html: string, organizationId: number | null): string {
  return organizationId === null
    ? html
    : html.replace(`value="${organizationId}">`, `value="${organizationId}" selected>`);
}
