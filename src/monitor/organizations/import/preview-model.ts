import { hoursInWords, worksInWords } from "../../fleet/opening-hours/schedule-in-words.ts";
import { paginate } from "../../viewer/pages.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { GivenHours } from "./given-hours.ts";
import type { ImportPlan, PlannedImportRow, RowAction } from "./import-plan.ts";
import type { RowProblem } from "./row-problem.ts";

/** What needs an eye comes first. */
const ACTIONS: readonly RowAction[] = ["refuse", "create", "change", "keep"];
const NOTHING = "—";

export interface ImportPreview {
  id: string;
  plan: ImportPlan;
  query: { show: string; page: string };
  /** The registry has changed since the plan was made, and this is a new one. */
  hasChanged: boolean;
}

/** The preview of an import: how many rows of each kind, and one page of those that are asked for. */
export function importPreviewModel(viewer: Viewer, { id, plan, query, hasChanged }: ImportPreview) {
  const { t, format } = viewer;
  const { counts, parsed } = plan;
  const shown = ACTIONS.find((action) => action === query.show) ?? null;
  const asked = shown ? plan.rows.filter(({ action }) => action === shown) : worstFirst(plan);
  const path = `/organizations/import/${id}`;
  const { rows, pages } = paginate(asked, query.page, path, { show: shown ?? "" });
  return {
    subtitle: `${parsed.fileName} · ${t("import.rows", { count: plan.rows.length })}`,
    hasChanged,
    refused: counts.refuse > 0 ? t("import.refusedRows", { count: counts.refuse }) : null,
    applicable: isApplicable(plan)
      ? {
          path,
          organizations:
            counts.organizations > 0 ? t("import.newOrganizations", { count: counts.organizations }) : "",
        }
      : null,
    chips: ACTIONS.filter((action) => counts[action] > 0).map((action) => ({
      action,
      url: action === shown ? path : `${path}?show=${action}`,
      isActive: action === shown,
      count: format.number(counts[action]),
      text: t(`import.count.${action}`),
    })),
    rows: rows.map((row) => rowModel(viewer, row)),
    pages,
  };
}

function isApplicable({ counts }: ImportPlan): boolean {
  return counts.refuse === 0 && counts.create + counts.change > 0;
}

function worstFirst({ rows }: ImportPlan): ImportPlan["rows"] {
  return rows.toSorted((one, other) => ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action));
}

function rowModel({ t }: Viewer, row: PlannedImportRow) {
  return {
    action: row.action,
    rowNumber: row.rowNumber,
    organization: row.organization || NOTHING,
    crmId: t("posServers.crmId", { crmId: row.crmId || NOTHING }),
    name: row.name || NOTHING,
    address: row.address,
    actionText: t(`import.action.${row.action}`),
    createsOrganization: row.createsOrganization,
    changes: changesInWords(t, row),
    problems: row.problems.map((problem) => problemInWords(t, problem)),
  };
}

function changesInWords(t: Viewer["t"], { changes, tagChange, hoursChange }: PlannedImportRow): string[] {
  const { added, removed } = tagChange ?? { added: [], removed: [] };
  return [
    changes.map((change) => t(`import.change.${change}`)).join(", "),
    added.length > 0 ? t("import.change.tagsAdded", { tags: added.join(", ") }) : "",
    removed.length > 0 ? t("import.change.tagsRemoved", { tags: removed.join(", ") }) : "",
    ...hoursInPreview(t, hoursChange ?? {}),
  ].filter((text) => text !== "");
}

function hoursInPreview(t: Viewer["t"], { hours, works, timeZone }: GivenHours): string[] {
  return [
    hours ? t("import.change.hours", { hours: hoursInWords(t, hours) }) : "",
    works ? t("import.change.works", { works: worksInWords(t, works) }) : "",
    timeZone ? t("import.change.timeZone", { timeZone }) : "",
  ];
}

function problemInWords(t: Viewer["t"], { code, values }: RowProblem): string {
  const column = "column" in values ? t(`import.column.${values.column}`) : undefined;
  return t([`import.rowProblem.${code}`, `connectionProblem.${code}`], { ...values, column });
}
