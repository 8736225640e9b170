import type { Db } from "../database/schema.ts";
import { aboutSheet, timeHeading } from "../excel/about-sheet.ts";
import { exportTitle } from "../excel/export-names.ts";
import type { ExportOutcome, ExportTask } from "../excel/export-task.ts";
import { createRows, ExportTooLargeError, MAX_ROWS } from "../excel/rows.ts";
import { runExport } from "../excel/run-export.ts";
import type { Cell, Column, Sheet } from "../excel/workbook.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { AuditCursor, AuditFilter } from "./filter.ts";
import { type AuditViewer, hasMoreAuditEvents, type ListedEvent, listAuditEvents } from "./list-events.ts";
import { eventInWords } from "./page-model.ts";

const BATCH_EVENTS = 5_000;

export interface AuditExportQuery {
  auditViewer: AuditViewer;
  filter: AuditFilter;
  filterWords: string;
}

/** Makes the Excel file of the audit log: every event that the filter finds, newest first. */
export async function run(task: ExportTask<AuditExportQuery>): Promise<ExportOutcome> {
  const { now, query } = task;
  return await runExport(task, async (db, viewer) => {
    const rows = await readRows(db, viewer, task);
    const name = exportTitle(viewer, "audit", now);
    const table: Sheet = { name, columns: columns(viewer), rows, hasFilter: true };
    const filter: [string, string][] = [[viewer.t("audit.filter.label"), query.filterWords]];
    return [table, aboutSheet({ viewer, now, rows: rows.length, filter })];
  });
}

async function readRows(
  db: Db,
  viewer: Viewer,
  { query: { auditViewer, filter }, now }: ExportTask<AuditExportQuery>,
): Promise<Cell[][]> {
  if (await hasMoreAuditEvents(db, auditViewer, filter, viewer.timeZone, MAX_ROWS))
    throw new ExportTooLargeError("too_many_rows");
  const rows = createRows();
  let before: AuditCursor | null = null;
  do {
    const from: AuditFilter = { ...filter, before };
    const { events, next } = await listAuditEvents(db, auditViewer, from, viewer.timeZone, BATCH_EVENTS);
    for (const event of events) rows.add(createRow(viewer, event, now));
    before = next;
  } while (before !== null);
  return rows.cells;
}

function columns(viewer: Viewer): Column[] {
  const { t } = viewer;
  const onPage = (column: string) => t(`audit.column.${column}`);
  return [
    { heading: timeHeading(onPage("time"), viewer) },
    { heading: onPage("user") },
    { heading: t("users.login") },
    { heading: t("audit.field.address") },
    { heading: onPage("action") },
    { heading: t("excel.column.result") },
    { heading: onPage("subject") },
    { heading: t("audit.filter.organization") },
    { heading: onPage("detail"), wraps: true },
  ];
}

function createRow(viewer: Viewer, event: ListedEvent, now: number): Cell[] {
  const { name, address, action, resultText, subject, detail } = eventInWords(viewer, event, now);
  return [
    new Date(event.at),
    name,
    event.login,
    address,
    action,
    event.result === "done" ? resultText : { text: resultText, tone: "red" },
    subject,
    event.organizationName,
    detail,
  ];
}
