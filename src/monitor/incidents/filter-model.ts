import { describedBy } from "../forms/field-model.ts";
import type { OfferedOrganization } from "../pos-servers/filter-options.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  type IncidentsFilter,
  type IncidentsFilterProblems,
  incidentsUrl,
  KINDS,
  PERIOD_NAMES,
  USUAL_FILTER,
} from "./filter.ts";

export interface IncidentsFilterInput {
  filter: IncidentsFilter;
  problems: IncidentsFilterProblems;
  organizations: readonly OfferedOrganization[];
  /** Whose incidents alone are listed; null = those of all. */
  posServer: { id: number; name: string } | null;
}

/** The form of the filter, and what it means in words. */
export function incidentsFilterModel(viewer: Viewer, input: IncidentsFilterInput) {
  const { filter, problems, organizations, posServer } = input;
  const { t } = viewer;
  const problemOf = (field: keyof IncidentsFilterProblems) =>
    problems[field] === undefined ? null : t(`incident.problem.${field}`, { value: problems[field] });
  const select = (
    name: "organization" | "kind" | "period",
    chosen: string | number | null,
    options: { value: string | number; text: string }[],
  ) => {
    const problem = problemOf(name);
    return {
      name,
      label: t(`incident.filter.${name}`),
      all: name === "period" ? null : t(`incident.filter.all.${name}`),
      options: options.map((option) => ({ ...option, isChosen: option.value === chosen })),
      problem,
      describedBy: describedBy(name, problem),
    };
  };
  const selects = [
    select(
      "organization",
      filter.organizationId,
      organizations.map((organization) => ({
        value: organization.id,
        text: t("posServers.filter.organizationOption", { ...organization }),
      })),
    ),
    select(
      "kind",
      filter.kind,
      KINDS.map((value) => ({ value, text: t(`incident.kind.${value}`) })),
    ),
    select(
      "period",
      filter.period,
      PERIOD_NAMES.map((value) => ({ value, text: t(`incident.filter.periods.${value}`) })),
    ),
  ];
  // What is open is so whatever the period.
  const isPeriodAsked = filter.show !== "open" || problems.period !== undefined;
  const asked = selects.filter(({ name }) => name !== "period" || isPeriodAsked);
  const chosen = asked.flatMap(({ options }) => options.filter(({ isChosen }) => isChosen));
  const isSet = incidentsUrl({ ...filter, show: "open", page: 1 }) !== "/incidents";
  return {
    hidden: [
      ...(filter.show === USUAL_FILTER.show ? [] : [{ name: "show", value: filter.show }]),
      ...(filter.period === USUAL_FILTER.period || isPeriodAsked
        ? []
        : [{ name: "period", value: filter.period }]),
      ...(posServer ? [{ name: "posServer", value: posServer.id }] : []),
    ],
    search: filter.search,
    selects: asked,
    posServer: posServer && {
      text: t("incident.filter.ofPosServer", { name: posServer.name }),
      url: incidentsUrl({ ...filter, posServerId: null, page: 1 }),
    },
    isOpen: asked.some(({ problem }) => problem !== null),
    summary: [posServer?.name ?? "", filter.search, ...chosen.map(({ text }) => text)]
      .filter((text) => text !== "")
      .join(" · "),
    /** Of what has no field. */
    problems: [problemOf("show"), problemOf("posServer"), problemOf("page")].filter(
      (problem) => problem !== null,
    ),
    resetUrl: isSet ? incidentsUrl({ ...USUAL_FILTER, show: filter.show }) : null,
  };
}
