import { addAboutSheet, exportTitle } from "../excel/export-words.ts";
import type { ExportModule } from "../excel/export-worker.ts";
import { titleOfCause } from "../fleet/cause-in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { buildReport, type ReportedPosServer, shareOf } from "./build-report.ts";
import { chartModel } from "./chart-model.ts";
import { boundsOf, periodInWords } from "./period.ts";
import type { ReportQuery } from "./query.ts";

const MINUTE_MS = 60_000;
const PERCENT = { numberFormat: "0.0" };
const MINUTES = { numberFormat: "#,##0" };

/** `organization` and `tag`: what was chosen, in words. */
export interface ReportExportQuery extends ReportQuery {
  organization: string | null;
  tag: string | null;
}

/** Writes the Excel file of a report: every POS server, the days, the causes, and what does not count. */
export const write: ExportModule<ReportExportQuery>["write"] = async (workbook, db, viewer, asked, now) => {
  const { t, organizations: access } = viewer;
  const { period, organizationId, tagId } = asked;
  const bounds = boundsOf(period, viewer.timeZone, now);
  const report = await buildReport(db, { access, organizationId, tagId }, bounds, now);
  const column = (key: string) => t(`reports.column.${key}`);
  const sheet = workbook.addSheet({
    name: exportTitle(viewer, "report", now),
    columns: [
      { heading: column("posServer") },
      { heading: t("posServers.column.organization") },
      { heading: column("workedShare"), ...PERCENT },
      { heading: column("failures") },
      { heading: column("lost"), ...MINUTES },
      { heading: column("longestMinutes"), ...MINUTES },
      { heading: column("cause") },
      { heading: column("reason") },
    ],
    hasFilter: true,
  });
  for (const posServer of [...report.posServers, ...report.unknown])
    await sheet.add(cellsOf(viewer, posServer));

  const parts = workbook.addSheet({
    name: t("reports.byDay"),
    columns: [
      { heading: t("reports.day") },
      { heading: column("workedShare"), ...PERCENT },
      { heading: column("lost"), ...MINUTES },
    ],
    hasFilter: false,
  });
  const { bars } = chartModel(viewer, report, period, now);
  for (const [index, part] of report.parts.entries())
    await parts.add([bars[index]?.when ?? null, percentOf(shareOf(part)), minutesOf(part.lostMs)]);

  const causes = workbook.addSheet({
    name: t("reports.causes"),
    columns: [
      { heading: t("reports.causes") },
      { heading: column("failures") },
      { heading: column("lost"), ...MINUTES },
    ],
    hasFilter: false,
  });
  for (const { cause, failures, lostMs } of report.causes)
    await causes.add([titleOfCause(viewer, cause), failures, minutesOf(lostMs)]);

  const rows = report.posServers.length + report.unknown.length;
  await addAboutSheet(workbook, {
    viewer,
    now,
    rows,
    filter: [
      [t("incident.filter.period"), periodInWords(viewer, period)],
      ...(asked.organization === null
        ? []
        : [[t("posServers.filter.organization"), asked.organization] as [string, string]]),
      ...(asked.tag === null ? [] : [[t("tags.label"), asked.tag] as [string, string]]),
    ],
  });
  return rows;
};

function cellsOf(viewer: Viewer, posServer: ReportedPosServer) {
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
