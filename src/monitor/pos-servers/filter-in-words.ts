import type { Db } from "../database/schema.ts";
import { type PosServerFilter, periodInWords } from "../filter/filter.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { listTags } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** Says each condition of a filter with its name, and the order of the rows, in the words of the page. */
export async function filterInWords(
  db: Db,
  viewer: Viewer,
  filter: PosServerFilter,
): Promise<[string, string][]> {
  const { t } = viewer;
  const { period, state, causeKey, change, isByGuess, logSearchId, search, scope, sort } = filter;
  const words = (key: string) => t(`posServers.filter.${key}`);
  const conditions: [string, string | null][] = [
    [t("posServers.column.organization"), await organizationText(db, viewer, filter)],
    [t("tags.label"), await tagText(db, viewer, filter)],
    [t("posServers.column.state"), state && t(`state.${state}`)],
    [t("posServers.column.lastUpdateAt"), periodText()],
    [words("hideSynced"), state === null ? t(`excel.${filter.isSyncedHidden ? "yes" : "no"}`) : null],
    [words("search"), search || null],
    [t("posServers.column.error"), causeKey],
    [words("change"), change && t(`posServers.active.${change}`)],
    [words("evidence"), isByGuess ? t("evidence.guess") : null],
    [t("logSearch.title"), logSearchId === null ? null : t("posServers.active.foundInLogs")],
    [words("label"), scope === "parked" ? t("state.parked") : null],
    [t("excel.order"), orderText(viewer, sort)],
  ];
  return conditions.filter((condition): condition is [string, string] => condition[1] !== null);

  function periodText(): string {
    if (period === null) return t("posServers.filter.summary.anyPeriod");
    if (scope !== "outside") return periodInWords(viewer, "posServers.period", period);
    return t("posServers.active.outside", { period: periodInWords(viewer, "posServers.longerThan", period) });
  }
}

function orderText({ t }: Viewer, { column, isDescending }: PosServerFilter["sort"]): string {
  if (column === "state") return t(`excel.${isDescending ? "bestFirst" : "worstFirst"}`);
  const name = t(`posServers.column.${column}`);
  return t(`excel.${isDescending ? "descending" : "ascending"}`, { column: name });
}

async function organizationText(
  db: Db,
  { t, organizations: access }: Viewer,
  { organizationId }: PosServerFilter,
): Promise<string> {
  if (organizationId === null) return t("users.allOrganizations");
  const organizations = await listOrganizations(db, access);
  const organization = organizations.find(({ id }) => id === organizationId);
  return organization
    ? t("posServers.filter.organizationOption", { ...organization })
    : t("posServers.problem.organizationUnknown");
}

async function tagText(
  db: Db,
  { t, organizations: access }: Viewer,
  { tagId }: PosServerFilter,
): Promise<string | null> {
  if (tagId === null) return null;
  const tag = (await listTags(db, access)).find(({ id }) => id === tagId);
  return tag?.name ?? t("posServers.problem.tagUnknown");
}
