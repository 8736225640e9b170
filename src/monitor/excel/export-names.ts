import { create as contentDisposition } from "content-disposition";
import { dayAt } from "../viewer/local-days.ts";
import type { Viewer } from "../viewer/viewer.ts";

export type ExportedTable = "posServers" | "audit" | "users";

/** For programs that know no other letters. */
const PLAIN_NAMES: Record<ExportedTable, string> = {
  posServers: "poswatch-pos-servers",
  audit: "poswatch-audit",
  users: "poswatch-users",
};

/** `Состояние POS-ов 2026-11-24`: what the file and its first sheet are called. */
export function exportTitle({ t, timeZone }: Viewer, table: ExportedTable, now: number): string {
  return t(`excel.title.${table}`, { date: dayAt(now, timeZone) });
}

/** The value of `Content-Disposition` that saves a file under its name. */
export function attachment(table: ExportedTable, fileName: string, now: number, timeZone: string): string {
  const plainName = `${PLAIN_NAMES[table]}-${dayAt(now, timeZone)}.xlsx`;
  return contentDisposition(fileName, { fallback: plainName });
}
