import type { Translate } from "../viewer/language.ts";
import { dayAt } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Cell } from "./sheet.ts";
import type { Workbook } from "./workbook.ts";

/** Of a table in a file. */
export const MAX_ROWS = 100_000;

export type ExportedTable = "posServers" | "audit" | "report" | "registry";

export interface About {
  viewer: Viewer;
  now: number;
  rows: number;
  /** Name and words of each condition. */
  filter: [string, string][];
  /** Below an empty line. */
  more?: Cell[][];
}

/** Gets a table as a file from `url`. */
export function excelButton(t: Translate, url: string) {
  return { url, title: t("excel.buttonTitle"), text: t("excel.button") };
}

/** `Состояние POS-ов 2026-11-24`: the name of the file, and of its first sheet. @param dated its day or period. */
export function exportTitle(
  { t, timeZone }: Viewer,
  table: ExportedTable,
  now: number,
  dated = dayAt(now, timeZone),
): string {
  return t(`excel.title.${table}`, { date: dated });
}

/** Names the zone, which Excel does not know. */
export function timeHeading(heading: string, { t, timeZone }: Viewer): string {
  return t("excel.timeHeading", { heading, timeZone });
}

/** Who made the file, when, and by which filter. */
export async function addAboutSheet(
  workbook: Workbook,
  { viewer, now, rows, filter, more = [] }: About,
): Promise<void> {
  const { t, user, timeZone } = viewer;
  const about = (key: string) => t(`excel.about.${key}`);
  const headings = [about("what"), about("value"), ...(more.length > 0 ? [""] : [])];
  const columns = headings.map((heading) => ({ heading }));
  const sheet = workbook.addSheet({ name: about("sheet"), columns, hasFilter: false });
  await sheet.add([about("who"), user ? t("excel.person", { name: user.name, login: user.login }) : null]);
  await sheet.add([about("when"), new Date(now)]);
  await sheet.add([about("timeZone"), timeZone]);
  await sheet.add([about("rows"), rows]);
  for (const condition of filter) await sheet.add(condition);
  if (more.length > 0) await sheet.add([]);
  for (const row of more) await sheet.add(row);
}
