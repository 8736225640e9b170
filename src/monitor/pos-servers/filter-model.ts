import { excelButton } from "../excel/export-words.ts";
import {
  type FilterProblems,
  filterUrl,
  PERIOD_UNITS,
  type PosServerFilter,
  periodInWords,
  type RawQuery,
  sortValue,
} from "../filter/filter.ts";
import { type OfferedOrganizations, organizationChoices } from "../filter/filter-options.ts";
import { type Choice, describedBy, optionsOf } from "../forms/field-model.ts";
import type { Tag } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";

export interface FilterInput {
  viewer: Viewer;
  filter: PosServerFilter;
  problems: FilterProblems;
  query: RawQuery;
  organizations: OfferedOrganizations;
  tags: readonly Tag[];
  /** An error text of the filter's cause. */
  causeExample: string | null;
}

/** The form with what was typed, what it means in words, and each condition. */
export function filterModel({
  viewer,
  filter,
  problems,
  query,
  organizations,
  tags,
  causeExample,
}: FilterInput) {
  const { t } = viewer;
  const isKnown = organizations.offered.some(({ id }) => id === filter.organizationId);
  const messages = Object.fromEntries(
    Object.entries(problems).map(([field, value]) => [field, t(`posServers.problem.${field}`, { value })]),
  );
  if (filter.organizationId !== null && !isKnown) {
    messages.organization = t("posServers.problem.organizationUnknown");
  }
  if (filter.tagId !== null && !tags.some(({ id }) => id === filter.tagId)) {
    messages.tag = t("posServers.problem.tagUnknown");
  }
  const typed = (field: "period" | "q", understood: string) => {
    const value = query[field];
    return field in problems && typeof value === "string" ? value : understood;
  };
  const notes = (field: string) => describedBy(field, messages[field] ?? null);
  return {
    hiddenFields: hiddenFields(filter),
    organization: {
      options: organizationOptions(viewer, organizations, filter.organizationId),
      othersUrl:
        organizations.count > organizations.offered.length
          ? filterUrl(filter, "/pos-servers/organizations")
          : null,
      describedBy: notes("organization"),
    },
    tag: tagField(viewer, filter, tags, notes("tag")),
    period: {
      value: typed("period", filter.period ? String(filter.period.count) : ""),
      describedBy: notes("period"),
    },
    unit: { options: unitOptions(viewer, filter), describedBy: notes("unit") },
    search: { value: typed("q", filter.search), describedBy: notes("q") },
    isSyncedHidden: filter.isSyncedHidden,
    isSet:
      filter.organizationId !== null || filter.tagId !== null || filter.isSyncedHidden || isPeriodSet(filter),
    messages: Object.entries(messages).map(([field, text]) => ({ field, text })),
    excelButton: excelButton(t, filterUrl({ ...filter, page: 1 }, "/pos-servers.xlsx")),
    conditions: conditions(viewer, filter, causeExample),
  };
}

export function organizationOptions(
  { t }: Viewer,
  { count, offered }: OfferedOrganizations,
  chosenId: number | null,
) {
  const all: Choice = ["", t("posServers.filter.allOrganizations", { count })];
  return optionsOf([all, ...organizationChoices(t, offered)], chosenId);
}

function isPeriodSet(filter: PosServerFilter): boolean {
  return new URLSearchParams(filterUrl(filter).split("?")[1] ?? "").has("period");
}

function hiddenFields({ state, scope, causeKey, change, isByGuess, logSearchId, sort }: PosServerFilter) {
  const fields = [
    { name: "state", value: state },
    { name: "scope", value: scope === "listed" ? null : scope },
    { name: "cause", value: causeKey },
    { name: "change", value: change },
    { name: "evidence", value: isByGuess ? "guess" : null },
    { name: "found", value: logSearchId },
    { name: "sort", value: sortValue(sort) === "state" ? null : sortValue(sort) },
  ];
  return fields.filter(({ value }) => value);
}

/** null while there are no tags; an unknown tag stays until another one is chosen. */
function tagField({ t }: Viewer, { tagId }: PosServerFilter, tags: readonly Tag[], notes: string | null) {
  if (tags.length === 0 && tagId === null) return null;
  const unknown = tags.some(({ id }) => id === tagId) || tagId === null ? [] : [{ id: tagId, name: "?" }];
  return {
    describedBy: notes,
    options: optionsOf(
      [["", t("tags.any")], ...[...unknown, ...tags].map(({ id, name }): Choice => [id, name])],
      tagId,
    ),
  };
}

function unitOptions({ t }: Viewer, { period }: PosServerFilter) {
  const choices = PERIOD_UNITS.map((unit): Choice => [unit, t(`posServers.filter.unit.${unit}`)]);
  return optionsOf(choices, period?.unit ?? "days");
}

/** The conditions that neither form nor segments show, each with the address of the list without it. */
function conditions(viewer: Viewer, filter: PosServerFilter, example: string | null) {
  const { t } = viewer;
  const active: { text: string; url: string; label: string }[] = [];
  const add = (text: string, without: Partial<PosServerFilter>) =>
    active.push({
      text,
      url: filterUrl({ ...filter, ...without, page: 1 }),
      label: t("posServers.active.remove", { condition: text }),
    });
  if (filter.change) add(t(`posServers.active.${filter.change}`), { change: null });
  if (filter.isByGuess) add(t("posServers.active.guessed"), { isByGuess: false });
  if (filter.logSearchId !== null) add(t("posServers.active.foundInLogs"), { logSearchId: null });
  if (filter.causeKey) {
    const text = example ? t("posServers.active.cause", { example }) : t("posServers.active.causeUnknown");
    add(text, { causeKey: null });
  }
  if (filter.scope === "outside" && filter.period) {
    const period = periodInWords(viewer, "posServers.longerThan", filter.period);
    add(t("posServers.active.outside", { period }), { scope: "listed" });
  }
  return active.length > 0 ? active : null;
}
