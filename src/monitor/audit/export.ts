import { addAboutSheet, exportTitle, MAX_ROWS, timeHeading } from "../excel/export-words.ts";
import type { ExportModule } from "../excel/export-worker.ts";
import type { Cell, Column } from "../excel/sheet.ts";
import type { Workbook } from "../excel/workbook.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { AuditCursor, AuditFilter } from "./filter.ts";
import { type AuditViewer, countAuditEvents, type ListedEvent, listAuditEvents } from "./list-events.ts";
import { eventInWords } from "./page-model.ts";

const BATCH_EVENTS = 5_000;

export interface AuditExportQuery {
  auditViewer: AuditViewer;
  filter: AuditFilter;
  filterWords: string;
}

export const prepare: ExportModule<AuditExportQuery>["prepare"] = async (
  db,
  viewer,
  { auditViewer, filter, filterWords },
  now,
) => {
  const { timeZone } = viewer;
  const rows = await countAuditEvents(db, auditViewer, filter, timeZone, MAX_ROWS + 1);
  return { rows, write };

  async function write(workbook: Workbook): Promise<void> {
    const name = exportTitle(viewer, "audit", now);
    const sheet = workbook.addSheet({ name, columns: columns(viewer), hasFilter: true });
    let before: AuditCursor | null = null;
    do {
      const from: AuditFilter = { ...filter, before };
      const { events, next } = await listAuditEvents(db, auditViewer, from, timeZone, {
        pageEvents: BATCH_EVENTS,
      });
      for (const event of events) await sheet.add(createRow(viewer, event, now));
      before = next;
    } while (before !== null);
    const conditions: [string, string][] = [[viewer.t("audit.filter.label"), filterWords]];
    await addAboutSheet(workbook, { viewer, now, rows, filter: conditions });
  }
};

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
