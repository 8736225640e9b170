import { addAboutSheet, exportTitle } from "../../excel/export-words.ts";
import type { ExportModule } from "../../excel/export-worker.ts";
import type { Cell } from "../../excel/sheet.ts";
import type { Workbook } from "../../excel/workbook.ts";
import { findOpeningHours, type OpeningHours } from "../../fleet/opening-hours/opening-hours.ts";
import { upcomingWorks } from "../../fleet/opening-hours/schedule.ts";
import { hoursInWords, worksInWords } from "../../fleet/opening-hours/schedule-in-words.ts";
import { listOrganizations } from "../../fleet/summary.ts";
import { looksLikePairingString, readAddressAndToken } from "../../registry/connection.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { ANY_ZONE } from "../import/check-row.ts";
import { COLUMNS, HEADINGS, type ImportColumn, isEmptying } from "../import/columns.ts";
import { rowKey } from "../import/registered.ts";
import { type RegistryFilter, type RegistryRow, readRegistry } from "./read-registry.ts";

type Cells = Partial<Record<ImportColumn, string | null>>;

const EVERYTHING = { offset: 0, limit: -1 };

/**
 * Prepares the registry in the columns of the import, without secrets; importing it changes nothing. An organization stands in
 * a row above its POS servers, but not above those that lack something.
 */
export const prepare: ExportModule<RegistryFilter>["prepare"] = async (db, viewer, filter, now) => {
  const { t, language, organizations: access } = viewer;
  const rows: Cell[][] = [];
  const add = (cells: Cells, version: string | null) =>
    rows.push([...COLUMNS.map((column): Cell => cells[column] ?? null), version]);
  const { organizationId, lack } = filter;
  for (const { id, name, crmId } of await listOrganizations(db, access)) {
    if (organizationId !== null && id !== organizationId) continue;
    const hours = await findOpeningHours(db, { organizationId: id });
    const ofIt = { organization: name, crmId, ...hoursCells(viewer, hours, hours.timeZone, now) };
    if (lack === null) add(ofIt, null);
    for (const posServer of await readRegistry(db, access, { organizationId: id, lack }, EVERYTHING))
      add(posServerCells(viewer, posServer, now), posServer.agentVersion);
  }
  return { rows: rows.length, write };

  async function write(workbook: Workbook): Promise<void> {
    const headings = [...COLUMNS.map((column) => HEADINGS[language][column]), t("posServer.agentVersion")];
    const columns = headings.map((heading) => ({ heading }));
    const sheet = workbook.addSheet({ name: exportTitle(viewer, "registry", now), columns, hasFilter: true });
    for (const row of rows) await sheet.add(row);
    const more = [[t("registry.secret")], [t("import.rules")]];
    const condition: [string, string][] = lack ? [[t("form.show"), t(`registry.lacks.${lack}`)]] : [];
    await addAboutSheet(workbook, { viewer, now, rows: rows.length, filter: condition, more });
  }
};

/** What the import would read otherwise stays empty, which leaves it as it is. */
function posServerCells(viewer: Viewer, posServer: RegistryRow, now: number): Cells {
  const { organizationName, crmId, name, connection, address, computer, phone, own, shared } = posServer;
  const given = address !== null && connection === "direct" ? readAddressAndToken(address, "") : null;
  const isSpecial = (text: string) => isEmptying(text) || looksLikePairingString(text);
  const tags = posServer.tags.join(", ");
  return {
    organization: organizationName,
    crmId,
    name,
    connection: typeof given === "object" && given?.address === address ? address : null,
    computer: isSpecial(computer ?? "") ? null : computer,
    phone,
    // A tag «нет» stands there twice, since alone it would take off all of them.
    tags: looksLikePairingString(tags) ? null : isEmptying(tags) ? `${tags}, ${tags}` : tags,
    ...hoursCells(viewer, own, own.timeZone ?? shared.timeZone, now),
    key: rowKey(posServer),
  };
}

/** @param knownZone by which works are over: those are left out. */
function hoursCells(
  { t }: Viewer,
  { hours, works, timeZone }: OpeningHours,
  knownZone: string | null,
  now: number,
): Cells {
  const toCome = upcomingWorks(works, knownZone ?? ANY_ZONE, now);
  return { hours: hours && hoursInWords(t, hours), works: worksInWords(t, toCome), timeZone };
}
