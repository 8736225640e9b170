import type { OpeningHours } from "../../fleet/opening-hours/opening-hours.ts";
import { hoursInWords, worksInWords } from "../../fleet/opening-hours/schedule-in-words.ts";
import { describedBy } from "../../forms/field-model.ts";
import type { FlashKind } from "../../plugins/flash.ts";
import texts from "../../translations/ru/organizations.json" with { type: "json" };
import { beginSentence } from "../../viewer/in-words.ts";
import { paginate } from "../../viewer/pages.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { AppliedImport } from "./apply-import.ts";
import type { RowProblem } from "./check-row.ts";
import {
  type ImportFileProblem,
  MAX_FILE_BYTES,
  MAX_FILE_ROWS,
  MAX_INFLATED_BYTES,
} from "./import-file-error.ts";
import type { Edit, Edits, ImportPlan, PlannedImportRow, RowAction } from "./plan-import.ts";

/** Shown once on the list of organizations after an import. */
export const IMPORT_DONE: FlashKind<AppliedImport> = { name: "import" };

/** In order of attention. */
const ACTIONS: readonly RowAction[] = ["refuse", "create", "change", "keep"];
const EDITED = ["organization", "name", "computer", "phone", "hours", "works", "timeZone"] as const;
const NOTHING = "—";

interface ImportPreview {
  id: string;
  plan: ImportPlan;
  query: { show: string; page: string };
  /** Whether this is a new plan, since the registry has changed meanwhile. */
  hasChanged: boolean;
}

export function importInWords({ t }: Viewer, applied: AppliedImport): string {
  const { createdOrganizations, createdPosServers, changed } = applied;
  const done = Object.entries({ organizations: createdOrganizations, posServers: createdPosServers, changed })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => t(`import.done.${what}`, { count }));
  return beginSentence(`${done.join(", ")}.`);
}

/** @param problem why the last file was refused. */
export function uploadModel(viewer: Viewer, problem: ImportFileProblem | null) {
  const message = problem && fileProblemInWords(viewer, problem);
  const hint = viewer.t("import.fileHint", limitsOf(viewer));
  return { problem: message, hint, describedBy: describedBy("file", message, hint) };
}

export function fileProblemInWords(viewer: Pick<Viewer, "t" | "format">, problem: ImportFileProblem): string {
  const { t } = viewer;
  const { code, values } = problem;
  const limits = limitsOf(viewer);
  return t(`import.fileProblem.${code}`, { ...limits, row: values.row, columns: columnsOf(t, problem) });
}

function limitsOf({ format }: Pick<Viewer, "format">) {
  return {
    size: format.bytes(MAX_FILE_BYTES),
    inflated: format.bytes(MAX_INFLATED_BYTES),
    rows: format.number(MAX_FILE_ROWS),
  };
}

/** `«Организация», «CrmId»` */
function columnsOf(t: Viewer["t"], { values }: ImportFileProblem): string {
  const columns = String(values.columns ?? "").split(", ");
  return columns
    .filter(Boolean)
    .map((column) => t("quoted", { text: t(`import.column.${column}`) }))
    .join(", ");
}

export function importPreviewModel(viewer: Viewer, { id, plan, query, hasChanged }: ImportPreview) {
  const { t, format } = viewer;
  const { counts, parsed } = plan;
  const shown = ACTIONS.find((action) => action === query.show) ?? null;
  const asked = shown
    ? plan.rows.filter(({ action }) => action === shown)
    : plan.rows
        .filter(({ action }) => action !== "keep")
        .sort((one, other) => ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action));
  const isApplicable = counts.refuse === 0 && counts.create + counts.change > 0;
  const path = `/organizations/import/${id}`;
  const { rows, pages } = paginate(asked, query.page, path, { show: shown ?? "" });
  return {
    subtitle: `${parsed.fileName} · ${t("import.rows", { count: plan.rows.length })}`,
    hasChanged,
    unread: parsed.unreadColumns.map((text) => t("quoted", { text })).join(", "),
    refused: counts.refuse > 0 ? t("import.refusedRows", { count: counts.refuse }) : null,
    applicable: isApplicable
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

function rowModel({ t }: Viewer, row: PlannedImportRow) {
  return {
    action: row.action,
    rowNumber: row.rowNumber,
    organization: row.organization || NOTHING,
    crmId: t("posServers.crmId", { crmId: row.crmId || NOTHING }),
    name: row.name || NOTHING,
    address: row.address ?? (row.action === "create" && row.name ? t("import.awaitsAgent") : null),
    actionText: t(`import.action.${row.action}`),
    createsOrganization: row.createsOrganization,
    changes: changesInWords(t, row),
    problems: row.problems.map((problem) => rowProblemInWords(t, problem)),
  };
}

/** `телефон: +7 495 … → +7 812 …`; without an arrow where nothing was. */
function changesInWords(t: Viewer["t"], { changes, edits, tagChange }: PlannedImportRow): string[] {
  const { hours, works } = edits;
  const week = (spans: OpeningHours["hours"]) => spans && hoursInWords(t, spans);
  const inWords: Partial<Record<(typeof EDITED)[number], Edit<string | null>>> = {
    ...(edits as Omit<Edits, "hours" | "works">),
    ...(hours && { hours: { from: week(hours.from), to: week(hours.to) } }),
    ...(works && { works: { from: worksInWords(t, works.from), to: worksInWords(t, works.to) } }),
  };
  const { added, removed } = tagChange ?? { added: [], removed: [] };
  return [
    changes.map((change) => t(`import.change.${change}`)).join(", "),
    ...EDITED.map((field) => {
      const edit = inWords[field];
      const from = edit?.from ? `${edit.from} → ` : "";
      return edit ? t(`import.change.${field}`, { value: `${from}${edit.to || NOTHING}` }) : "";
    }),
    added.length > 0 ? t("import.change.tagsAdded", { tags: added.join(", ") }) : "",
    removed.length > 0 ? t("import.change.tagsRemoved", { tags: removed.join(", ") }) : "",
  ].filter((text) => text !== "");
}

export function rowProblemInWords(t: Viewer["t"], { code, values }: RowProblem): string {
  const column = "column" in values ? t(`import.column.${values.column}`) : undefined;
  const group = code in texts.import.rowProblem ? "import.rowProblem" : "connectionProblem";
  return t(`${group}.${code}`, { ...values, column });
}
