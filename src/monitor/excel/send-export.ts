import { Readable } from "node:stream";
import { create as contentDisposition } from "content-disposition";
import type { FastifyReply, FastifyRequest } from "fastify";
import { runInWorker } from "../../protocol/run-in-worker.ts";
import type { AuditDetail } from "../audit-log/detail.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { dayAt } from "../viewer/local-time.ts";
import { createPlaces } from "../workers/places.ts";
import { type ExportedTable, exportTitle, MAX_ROWS } from "./export-words.ts";
import type { ExportProgress, ExportTask } from "./export-worker.ts";

const WORKER = new URL("./export-worker.ts", import.meta.url);
const LIMITS = { timeoutMs: 120_000, maxHeapMegabytes: 256 };
/** Each person may wait for some tables in as many tabs. */
export const exportPlaces = createPlaces({ atOnce: 2, maxWaitingEach: 3, maxWaiting: 40 });
/** What a slow browser has not read is kept here, since the worker reads one state of the database all the while. */
const MAX_UNREAD_BYTES = 64 * 1024 ** 2;

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/** For programs that know only ASCII. */
const PLAIN_NAMES: Record<ExportedTable, string> = {
  posServers: "poswatch-pos-servers",
  audit: "poswatch-audit",
  report: "poswatch-report",
  registry: "poswatch-registry",
};

export interface Export<Query> {
  table: ExportedTable;
  /** Of the `ExportModule`, run in a worker. */
  module: URL;
  query: Query;
  /** Of the page with this table. */
  pageUrl: string;
  /** What it is of, in its name; by default the day. */
  dated?: string;
}

/** Records who gets the file, and streams it while a worker makes it; ends the work when the browser leaves. */
export async function sendExport<Query>(
  request: FastifyRequest,
  reply: FastifyReply,
  { table, module, query, pageUrl, dated }: Export<Query>,
  now: number,
): Promise<FastifyReply> {
  const { viewer, server: app } = request;
  const { organizations, language, timeZone, t, format } = viewer;
  const task: ExportTask<Query> = {
    module: module.href,
    databaseFile: app.database.sqlite.name,
    viewer: { user: request.signedInUser(), organizations, language, timeZone },
    query,
    now,
  };
  const file = new Readable({ read() {} });
  const counted = Promise.withResolvers<number>();
  const made = inTurn(request, reply, { places: exportPlaces, busyWith: "files" }, async (signal) => {
    const tooSlow = new AbortController();
    const onProgress = (progress: ExportProgress) => {
      if (typeof progress === "number") counted.resolve(progress);
      else file.push(progress);
      if (file.readableLength > MAX_UNREAD_BYTES) tooSlow.abort(new Error("the browser reads too slowly"));
    };
    const ending = AbortSignal.any([signal, tooSlow.signal]);
    await runInWorker<void, ExportProgress>(WORKER, task, LIMITS, { signal: ending, onProgress });
  });
  const rows = await Promise.race([counted.promise, made.then(() => null)]);
  if (rows === null) return reply.hijack(); // the browser left
  if (rows > MAX_ROWS) {
    const message = t("excel.failure.tooManyRows", { maxRows: format.number(MAX_ROWS) });
    reply.code(422).type("text/html; charset=utf-8");
    return reply.send(await reply.page("excel/failed", { message, pageUrl }));
  }
  file.on("error", (error) => request.log.warn({ err: error, table }, "An Excel file was given up"));
  made.then(
    () => file.push(null),
    (error) => file.destroy(error),
  );
  const fileName = `${exportTitle(viewer, table, now, dated)}.xlsx`;
  const detail: AuditDetail = [{ key: "exported", values: { rows, url: pageUrl } }];
  await recordEvent(app.database.db, request.actor(), { action: "export", subject: fileName, detail }, now);
  const fallback = `${PLAIN_NAMES[table]}-${dayAt(now, timeZone)}.xlsx`;
  return reply
    .type(XLSX_TYPE)
    .header("content-disposition", contentDisposition(fileName, { fallback }))
    .send(file);
}
