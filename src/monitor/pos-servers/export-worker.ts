import { aboutSheet } from "../excel/about-sheet.ts";
import { exportTitle } from "../excel/export-names.ts";
import type { ExportOutcome, ExportTask } from "../excel/export-task.ts";
import { createRows, ExportTooLargeError, MAX_ROWS } from "../excel/rows.ts";
import { runExport } from "../excel/run-export.ts";
import type { Cell, Sheet } from "../excel/workbook.ts";
import type { CommonFailure } from "../fleet/common-failures.ts";
import { countStates, type StateCounts } from "../fleet/summary.ts";
import { readAcknowledgements } from "../restaurants/acknowledgements.ts";
import { readRestaurantNotes } from "../restaurants/notes.ts";
import { readTags } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { countCommonCauses } from "./common-causes.ts";
import { countPosServers } from "./count-pos-servers.ts";
import { createExportedRows, exportedColumns, shownState, stateCell } from "./export-rows.ts";
import type { PosServerFilter } from "./filter.ts";
import { filterInWords } from "./filter-in-words.ts";
import { listEveryPosServer } from "./list-pos-servers.ts";
import { findSearchedFor } from "./searched-for.ts";
import { SHOWN_STATES, STATE_COLOURS } from "./state-colours.ts";

export interface PosServerExportQuery {
  filter: PosServerFilter;
  requiredVersion: string | null;
  commonFailures: readonly CommonFailure[];
}

/** Makes the Excel file of the status page: what the filter finds on all pages, and counts by state. */
export async function run(task: ExportTask<PosServerExportQuery>): Promise<ExportOutcome> {
  const { now } = task;
  const { filter, requiredVersion, commonFailures } = task.query;
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
    const commonCauses = new Set(
      (await countCommonCauses(db, access, commonFailures)).map(({ causeKey }) => causeKey),
    );
    const toCells = createExportedRows(viewer, { requiredVersion, commonCauses }, now);
    for await (const posServers of listEveryPosServer(db, query, counts)) {
      const ids = posServers.map(({ id }) => id);
      const shared = {
        acknowledgements: await readAcknowledgements(db, ids, now),
        notes: await readRestaurantNotes(db, ids),
        tags: await readTags(db, ids),
      };
      for (const posServer of posServers) {
        const state = shownState(posServer);
        rows.add(toCells(posServer, shared), STATE_COLOURS[state].tint);
        listed[state] = (listed[state] ?? 0) + 1;
      }
    }
    const table: Sheet = {
      name: exportTitle(viewer, "posServers", now),
      columns: exportedColumns(viewer),
      rows: rows.cells,
      tints: rows.tints,
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

/** Counts by state: in the file, and of all that the viewer may see. */
function countsInWords(viewer: Viewer, listed: StateCounts, all: StateCounts): Cell[][] {
  const { t } = viewer;
  return [
    [t("posServers.column.state"), t("excel.inFile"), t("excel.inAll")].map((text) => ({ text })),
    ...SHOWN_STATES.map((state) => [stateCell(viewer, state), listed[state] ?? 0, all[state] ?? 0]),
  ];
}
