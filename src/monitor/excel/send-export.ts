import { Readable } from "node:stream";
import { create as contentDisposition } from "content-disposition";
import type { FastifyReply, FastifyRequest } from "fastify";
import { WorkerLimitError } from "../../protocol/run-in-worker.ts";
import type { AuditDetail } from "../audit-log/detail.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import { whileConnected } from "../plugins/while-connected.ts";
import { dayAt } from "../viewer/local-time.ts";
import { NoPlaceError } from "../workers/places.ts";
import { type ExportRefusal, MAX_ROWS } from "./export-refusal.ts";
import { type ExportedTable, exportTitle } from "./export-words.ts";
import type { ExportedFile, ExportOutcome, ExportTask } from "./export-worker.ts";

const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CHUNK_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 10;
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

type Failure = "tooManyRows" | "tooBig" | "busy" | "yours";

const FAILURES: Record<ExportRefusal, Failure> = { too_many_rows: "tooManyRows", too_much_text: "tooBig" };

/** Makes the file in a worker, records who got it, and streams it; ends the work when the browser leaves. */
export async function sendExport<Query>(
  request: FastifyRequest,
  reply: FastifyReply,
  { table, module, query, pageUrl, dated }: Export<Query>,
  now: number,
): Promise<FastifyReply> {
  const { viewer, server: app } = request;
  const { organizations, language, timeZone } = viewer;
  const task: ExportTask<Query> = {
    module: module.href,
    databaseFile: app.database.sqlite.name,
    viewer: { user: request.signedInUser(), organizations, language, timeZone },
    query,
    now,
  };
  try {
    const outcome = await whileConnected(reply, (signal) =>
      app.excelWorkers.run<ExportOutcome>(task.viewer.user.id, task, signal),
    );
    if (outcome === "left") return reply.hijack();
    if ("refusal" in outcome) return await fail(FAILURES[outcome.refusal], 422);
    return await send(outcome);
  } catch (error) {
    if (error instanceof NoPlaceError) return await (error.isOwn ? fail("yours", 429) : fail("busy", 503));
    if (!(error instanceof WorkerLimitError)) throw error;
    request.log.warn({ err: error, table }, "An Excel file was given up");
    return await fail("tooBig", 422);
  }

  async function send({ bytes, rows }: ExportedFile): Promise<FastifyReply> {
    const fileName = `${exportTitle(viewer, table, now, dated)}.xlsx`;
    const detail: AuditDetail = [{ key: "exported", values: { rows, url: pageUrl } }];
    await recordEvent(app.database.db, request.actor(), { action: "export", subject: fileName, detail }, now);
    const fallback = `${PLAIN_NAMES[table]}-${dayAt(now, timeZone)}.xlsx`;
    return reply
      .type(XLSX_TYPE)
      .header("content-length", bytes.length)
      .header("content-disposition", contentDisposition(fileName, { fallback }))
      .send(Readable.from(chunksOf(bytes), { objectMode: false }));
  }

  async function fail(failure: Failure, status: number): Promise<FastifyReply> {
    reply.code(status);
    const isLater = failure === "busy" || failure === "yours";
    if (isLater) reply.header("retry-after", RETRY_AFTER_SECONDS);
    const { t, format } = viewer;
    const message = t(`excel.failure.${failure}`, { maxRows: format.number(MAX_ROWS) });
    if (!request.isPartial) return reply.send(await reply.page("excel/failed", { message, pageUrl }));
    return reply
      .type("text/html; charset=utf-8")
      .send(app.renderFragment("excel/_failure", viewer, { message }));
  }
}

/** Shows that a slow browser reads: one large piece counts as read only in the end. */
function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}
