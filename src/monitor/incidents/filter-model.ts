import { type OfferedOrganization, organizationChoices } from "../filter/filter-options.ts";
import { type Choice, describedBy, optionsOf } from "../forms/field-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  type IncidentsFilter,
  type IncidentsFilterProblems,
  incidentsUrl,
  KINDS,
  PERIOD_NAMES,
  USUAL_FILTER,
} from "./filter.ts";

interface AskedIncidents {
  filter: IncidentsFilter;
  problems: IncidentsFilterProblems;
  organizations: readonly OfferedOrganization[];
  /** The one whose incidents are listed; null = all. */
  posServer: { id: number; name: string } | null;
}

export function incidentsFilterModel(
  { t }: Viewer,
  { filter, problems, organizations, posServer }: AskedIncidents,
) {
  const problemOf = (field: keyof IncidentsFilterProblems) =>
    problems[field] === undefined ? null : t(`incident.problem.${field}`, { value: problems[field] });
  const select = (
    name: "organization" | "kind" | "period",
    chosen: string | number | null,
    choices: readonly Choice[],
  ) => {
    const problem = problemOf(name);
    return {
      name,
      label: t(`incident.filter.${name}`),
      all: name === "period" ? null : t(`incident.filter.all.${name}`),
      options: optionsOf(choices, chosen),
      problem,
      describedBy: describedBy(name, problem),
    };
  };
  const selects = [
    select("organization", filter.organizationId, organizationChoices(t, organizations)),
    select(
      "kind",
      filter.kind,
      KINDS.map((kind) => [kind, t(`incident.kind.${kind}`)]),
    ),
    select(
      "period",
      filter.period,
      PERIOD_NAMES.map((period) => [period, t(`incident.filter.periods.${period}`)]),
    ),
  ];
  // Open incidents are listed whatever the period.
  const isPeriodAsked = filter.show === "new" || filter.show === "closed" || problems.period !== undefined;
  const asked = selects.filter(({ name }) => name !== "period" || isPeriodAsked);
  const chosen = asked.flatMap(({ options }) => options.filter(({ isChosen }) => isChosen));
  const isSet = incidentsUrl({ ...filter, show: "open", day: null, page: 1 }) !== "/incidents";
  const hidden: { name: string; value: string | number }[] = [];
  if (filter.day !== null) hidden.push({ name: "day", value: filter.day });
  else if (filter.show !== USUAL_FILTER.show) hidden.push({ name: "show", value: filter.show });
  if (filter.period !== USUAL_FILTER.period && !isPeriodAsked)
    hidden.push({ name: "period", value: filter.period });
  if (posServer) hidden.push({ name: "posServer", value: posServer.id });
  return {
    hidden,
    search: filter.search,
    selects: asked,
    posServer: posServer && {
      text: t("incident.filter.ofPosServer", { name: posServer.name }),
      url: incidentsUrl({ ...filter, posServerId: null, page: 1 }),
    },
    isOpen: asked.some(({ problem }) => problem !== null),
    summary: [posServer?.name, filter.search, ...chosen.map(({ text }) => text)].filter(Boolean).join(" · "),
    /** Of what has no field. */
    problems: [problemOf("show"), problemOf("day"), problemOf("posServer"), problemOf("page")].filter(
      Boolean,
    ),
    resetUrl: isSet ? incidentsUrl({ ...USUAL_FILTER, show: filter.show, day: filter.day }) : null,
  };
}
