import { appendFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import type { ExportModule, ExportTask } from "../../src/monitor/excel/export-worker.ts";

/** An Excel file that is never done; it adds a character to the file `begun` when it begins, if somebody looks. */
export function endlessExport(app: FastifyInstance, begun: string | null = null): ExportTask<string | null> {
  const names = { login: "somebody", name: "Somebody" };
  const user = { id: 1, sessionId: 1, ...names, isAdministrator: false, chosenTimeZone: null };
  return {
    module: import.meta.url,
    databaseFile: app.database.sqlite.name,
    viewer: { user, organizations: "all", language: "ru", timeZone: "UTC" },
    query: begun,
    now: 0,
  };
}

/** In the worker. */
export const write: ExportModule<string | null>["write"] = async (_workbook, _db, _viewer, begun) => {
  if (begun !== null) appendFileSync(begun, ".");
  for (;;);
};
