import { MINUTE_MS } from "../../protocol/time-units.ts";
import { addAboutSheet } from "../excel/export-words.ts";
import type { ExportModule } from "../excel/export-worker.ts";
import type { Cell, Column } from "../excel/sheet.ts";
import type { Workbook } from "../excel/workbook.ts";
import { titleOfCause } from "../fleet/cause-in-words.ts";
import { dayAt } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { buildReport, type ReportedPosServer, shareOf } from "./build-report.ts";
import { boundsOf, periodInWords } from "./period.ts";
import type { ReportQuery } from "./query.ts";
import { reportModel } from "./report-model.ts";

/** `organization` and `tag`: what was chosen, in words. */
export interface ReportExportQuery extends ReportQuery {
  organization: string | null;
  tag: string | null;
}

/** Prepares the Excel file of a report: every POS server, the days, the causes, and what does not count. */
export const prepare: ExportModule<ReportExportQuery>["prepare"] = async (db, viewer, asked, now) => {
  const { t, organizations: access } = viewer;
  const { period, organizationId, tagId } = asked;
  const bounds = boundsOf(period, viewer.timeZone, now);
  const report = await buildReport(db, { access, organizationId, tagId }, bounds, now);
  const rows = report.posServers.length + report.unknown.length;
  return { rows, write };

  async function write(workbook: Workbook): Promise<void> {
    const heading = (key: string): Column => ({ heading: t(`reports.column.${key}`) });
    const [share, lost] = [
      { ...heading("workedShare"), numberFormat: "0.0" },
      { ...heading("lost"), numberFormat: "#,##0" },
    ];
    const failures = heading("failures");

    const addSheet = async (name: string, columns: Column[], rows: Cell[][], hasFilter = false) => {
      const sheet = workbook.addSheet({ name, columns, hasFilter });
      for (const row of rows) await sheet.add(row);
    };

    await addSheet(
      t("reports.heading"),
      [
        { heading: t("posServers.column.name") },
        { heading: t("posServers.column.organization") },
        share,
        failures,
        lost,
        { ...heading("longestMinutes"), numberFormat: "#,##0" },
        heading("cause"),
        heading("reason"),
      ],
      [...report.posServers, ...report.unknown].map((posServer) => cellsOf(viewer, posServer)),
      true,
    );
    const days = report.parts.map((part) => {
      const worked = shareOf(part);
      const lostMinutes = worked === null ? null : minutesOf(part.lostMs);
      return [dayAt(part.from, viewer.timeZone), percentOf(worked), lostMinutes];
    });
    await addSheet(t("reports.byDay"), [{ heading: t("reports.day") }, share, lost], days);
    const causes = report.causes.map(({ cause, failures: count, lostMs }) => [
      titleOfCause(viewer, cause),
      count,
      minutesOf(lostMs),
    ]);
    await addSheet(t("reports.causes"), [{ heading: t("reports.causes") }, failures, lost], causes);

    await addAboutSheet(workbook, {
      viewer,
      now,
      rows,
      filter: [
        [t("incident.filter.period"), periodInWords(viewer, period)],
        [t("posServers.column.organization"), asked.organization ?? t("users.allOrganizations")],
        [t("tags.label"), asked.tag ?? t("tags.any")],
        ...reportModel(viewer, report, period, now).figures.map(({ label, value }): [string, string] => [
          label,
          value,
        ]),
      ],
    });
  }
};

function cellsOf(viewer: Viewer, posServer: ReportedPosServer): Cell[] {
  const { t } = viewer;
  const { name, organizationName, failures, lostMs, longestMs, cause, unknownFor } = posServer;
  if (unknownFor !== null)
    return [name, organizationName, null, null, null, null, null, t(`reports.unknownFor.${unknownFor}`)];
  return [
    name,
    organizationName,
    percentOf(shareOf(posServer)),
    failures,
    minutesOf(lostMs),
    minutesOf(longestMs),
    cause && titleOfCause(viewer, cause),
    null,
  ];
}

/** Rounded down: only what is whole is 100. */
function percentOf(share: number | null): number | null {
  return share === null ? null : Math.floor(share * 1_000) / 10;
}

function minutesOf(ms: number): number {
  return Math.round(ms / MINUTE_MS);
}
