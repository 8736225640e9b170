import { describedBy } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { ImportFileProblem } from "./import-file-error.ts";
import { MAX_FILE_BYTES, MAX_FILE_ROWS, MAX_INFLATED_BYTES } from "./limits.ts";

/** What the template of `/organizations/import/new` shows. @param problem why the last file was refused. */
export function uploadModel({ t, format }: Viewer, problem: ImportFileProblem | null) {
  const limits = {
    size: format.bytes(MAX_FILE_BYTES),
    inflated: format.bytes(MAX_INFLATED_BYTES),
    rows: format.number(MAX_FILE_ROWS),
  };
  const message =
    problem && t(`import.fileProblem.${problem.code}`, { ...limits, columns: columnsOf(t, problem) });
  const hint = t("import.fileHint", limits);
  return { problem: message, hint, describedBy: describedBy("file", { problem: message, hint }) };
}

/** `«Организация», «CrmId»` */
function columnsOf(t: Viewer["t"], { values }: ImportFileProblem): string {
  const columns = String(values.columns ?? "").split(", ");
  return columns
    .filter(Boolean)
    .map((column) => `«${t(`import.column.${column}`)}»`)
    .join(", ");
}
