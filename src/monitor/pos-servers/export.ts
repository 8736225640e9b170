import { addAboutSheet, exportTitle } from "../excel/export-words.ts";
import type { ExportModule } from "../excel/export-worker.ts";
import type { Cell } from "../excel/sheet.ts";
import type { Workbook } from "../excel/workbook.ts";
import { countPosServers } from "../filter/count-pos-servers.ts";
import type { PosServerFilter } from "../filter/filter.ts";
import { listEveryPosServer } from "../filter/list-pos-servers.ts";
import { findSearchedFor } from "../filter/searched-for.ts";
import { SHOWN_STATES, STATE_COLOURS } from "../filter/state-colours.ts";
import type { CommonFailure } from "../fleet/fleet.ts";
import { countStates, type StateCounts } from "../fleet/summary.ts";
import { readAcknowledgements } from "../restaurants/acknowledgements.ts";
import { readRestaurantNotes } from "../restaurants/notes.ts";
import { readTags } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { countCommonCauses } from "./common-causes.ts";
import { createExportedRows, exportedColumns, shownState, stateCell } from "./export-rows.ts";
import { filterInWords } from "./filter-in-words.ts";

export interface PosServerExportQuery {
  filter: PosServerFilter;
  requiredVersion: string | null;
  commonFailures: readonly CommonFailure[];
}

/** Prepares the Excel file of the status page: what the filter finds on all pages, and counts by state. */
export const prepare: ExportModule<PosServerExportQuery>["prepare"] = async (
  db,
  viewer,
  { filter, requiredVersion, commonFailures },
  now,
) => {
  const access = viewer.organizations;
  const searchedFor = await findSearchedFor(db, viewer, filter);
  const query = { access, filter, ...searchedFor, groupedCauses: [], now };
  const counts = await countPosServers(db, query);
  return { rows: counts.found, write };

  async function write(workbook: Workbook): Promise<void> {
    const sheet = workbook.addSheet({
      name: exportTitle(viewer, "posServers", now),
      columns: exportedColumns(viewer),
      hasFilter: true,
    });
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
        await sheet.add(toCells(posServer, shared), STATE_COLOURS[state].tint);
        listed[state] = (listed[state] ?? 0) + 1;
      }
    }
    await addAboutSheet(workbook, {
      viewer,
      now,
      rows: counts.found,
      filter: await filterInWords(db, viewer, filter),
      more: countsInWords(viewer, listed, await countStates(db, access)),
    });
  }
};

function countsInWords(viewer: Viewer, listed: StateCounts, all: StateCounts): Cell[][] {
  const { t } = viewer;
  return [
    [t("posServers.column.state"), t("excel.inFile"), t("excel.inAll")].map((text) => ({ text })),
    ...SHOWN_STATES.map((state) => [stateCell(viewer, state), listed[state] ?? 0, all[state] ?? 0]),
  ];
}
