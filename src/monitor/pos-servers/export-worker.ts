import { aboutSheet, timeHeading } from "../excel/about-sheet.ts";
import { exportTitle } from "../excel/export-names.ts";
import type { ExportTask } from "../excel/export-task.ts";
import type { PoolAnswer } from "../excel/pool-worker.ts";
import { createRows, ExportTooLargeError, MAX_ROWS } from "../excel/rows.ts";
import { runExport } from "../excel/run-export.ts";
import type { Cell, Column, Sheet } from "../excel/workbook.ts";
import { isBelow, POS_SERVER_STATES } from "../fleet/state.ts";
import { countStates, type StateCounts } from "../fleet/summary.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { countPosServers } from "./count-pos-servers.ts";
import type { PosServerFilter } from "./filter.ts";
import { filterInWords } from "./filter-in-words.ts";
import { type ListedPosServer, listEveryPosServer } from "./list-pos-servers.ts";
import { parkingBriefly } from "./parking-model.ts";
import { shortAddress, shownError } from "./row-model.ts";
import { findSearchedFor } from "./searched-for.ts";

const MEGABYTE = 1024 ** 2;

export interface PosServerExportQuery {
  filter: PosServerFilter;
  requiredVersion: string | null;
}

/** Makes the Excel file of the status page: what the filter finds on all pages, and counts by state. */
export async function run(task: ExportTask<PosServerExportQuery>): Promise<PoolAnswer> {
  const { now } = task;
  const { filter, requiredVersion } = task.query;
  return await runExport(task, async (db, viewer) => {
    const access = viewer.organizations;
    const query = {
      access,
      filter,
      ...(await findSearchedFor(db, viewer, filter.search)),
      groupedCauses: [],
      now,
    };
    const counts = await countPosServers(db, query);
    if (counts.found > MAX_ROWS) throw new ExportTooLargeError("too_many_rows");
    const rows = createRows();
    const listed: StateCounts = {};
    const toCells = cellsOf(viewer, requiredVersion, now);
    for await (const posServers of listEveryPosServer(db, query, counts)) {
      for (const posServer of posServers) {
        rows.add(toCells(posServer));
        const state = posServer.parked === 1 ? "parked" : posServer.state;
        listed[state] = (listed[state] ?? 0) + 1;
      }
    }
    const table: Sheet = {
      name: exportTitle(viewer, "posServers", now),
      columns: columns(viewer),
      rows: rows.cells,
      hasFilter: true,
    };
    const about = aboutSheet({
      viewer,
      now,
      rows: counts.found,
      filter: await filterInWords(db, viewer, filter),
      more: countsInWords(viewer, listed, await countStates(db, access)),
    });
    return [table, about];
  });
}

function columns(viewer: Viewer): Column[] {
  const { t } = viewer;
  const onPage = (column: string) => t(`posServers.column.${column}`);
  return [
    { heading: onPage("state") },
    { heading: timeHeading(t("excel.column.stateSince"), viewer) },
    { heading: onPage("organization") },
    { heading: t("excel.column.crmId") },
    { heading: onPage("name") },
    { heading: t("excel.column.address") },
    { heading: onPage("version") },
    { heading: t("excel.column.requiredVersion") },
    { heading: timeHeading(onPage("lastUpdateAt"), viewer) },
    { heading: timeHeading(onPage("lastSyncAt"), viewer) },
    { heading: onPage("error") },
    { heading: t("excel.column.failureCode") },
    { heading: t("excel.column.service") },
    { heading: t("excel.column.databaseMegabytes"), numberFormat: "#,##0.0" },
  ];
}

function cellsOf(
  viewer: Viewer,
  requiredVersion: string | null,
  now: number,
): (posServer: ListedPosServer) => Cell[] {
  const { t } = viewer;
  const states = Object.fromEntries(POS_SERVER_STATES.map((state) => [state, t(`state.${state}`)]));
  const time = (at: number | null) => (at === null ? null : new Date(at));
  const parked = t("state.parked");
  return (posServer) => [
    posServer.parked === 1 ? parked : (states[posServer.state] ?? null),
    time(posServer.parked === 1 ? posServer.parkedAt : posServer.stateSince),
    posServer.organizationName,
    posServer.crmId,
    posServer.name,
    posServer.address && shortAddress(posServer.address),
    posServer.version,
    isBelow(posServer.version, requiredVersion) ? requiredVersion : null,
    time(posServer.lastUpdateAt),
    time(posServer.lastSyncAt),
    posServer.parked === 1
      ? (parkingBriefly(viewer, posServer, now)?.title ?? null)
      : shownError(posServer, viewer),
    posServer.failureCode,
    posServer.serviceState && t(`posServer.service.${posServer.serviceState}`),
    posServer.databaseBytes === null ? null : posServer.databaseBytes / MEGABYTE,
  ];
}

/** How many are in each state: in the file, and of all that the viewer may see. */
function countsInWords({ t }: Viewer, listed: StateCounts, all: StateCounts): Cell[][] {
  return [
    [t("posServers.column.state"), t("excel.inFile"), t("excel.inAll")],
    ...[...POS_SERVER_STATES, "parked" as const].map((state) => [
      t(`state.${state}`),
      listed[state] ?? 0,
      all[state] ?? 0,
    ]),
  ];
}
