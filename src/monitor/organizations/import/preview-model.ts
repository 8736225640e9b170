import { paginate } from "../../viewer/pages.ts";
import type { ImportPlan, RowAction } from "./import-plan.ts";

/** What needs an eye comes first. */
const ACTIONS: readonly RowAction[] = ["refuse", "create", "change", "keep"];

/** The preview of an import: how many rows of each kind, and one page of those that are asked for. */
export function importPreviewModel(id: string, plan: ImportPlan, query: { show: string; page: string }) {
  const shown = ACTIONS.find((action) => action === query.show) ?? null;
  const rows = shown ? plan.rows.filter(({ action }) => action === shown) : worstFirst(plan);
  const path = `/organizations/import/${id}`;
  return {
    id,
    fileName: plan.parsed.fileName,
    total: plan.rows.length,
    organizations: plan.counts.organizations,
    refused: plan.counts.refuse,
    isApplicable: plan.counts.refuse === 0 && plan.counts.create + plan.counts.change > 0,
    chips: ACTIONS.filter((action) => plan.counts[action] > 0).map((action) => ({
      action,
      count: plan.counts[action],
      isActive: action === shown,
      url: action === shown ? path : `${path}?show=${action}`,
    })),
    ...paginate(rows, query.page, path, { show: shown ?? "" }),
  };
}

function worstFirst({ rows }: ImportPlan): ImportPlan["rows"] {
  return rows.toSorted((one, other) => ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action));
}
