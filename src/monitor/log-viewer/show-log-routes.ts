import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Actor, recordOnceAnHour } from "../audit-log/record-event.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { whileConnected } from "../plugins/while-connected.ts";
import { subjectOf } from "../requests/request-columns.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { filePage } from "./archive-page.ts";
import { type AskedFile, type WithFile, withFile } from "./asked-file.ts";
import { type FieldProblems, findDestination } from "./destination.ts";
import { findErrorsAround, timeOfLine } from "./find-line.ts";
import { readMatches } from "./find-text.ts";
import type { CachedLog } from "./log-cache.ts";
import type { PreparedLog } from "./prepared-log.ts";
import { pageWindow, readRows } from "./read-rows.ts";
import { logModel, rowsModel } from "./show-model.ts";
import { lineUrl, readViewQuery, type ViewQuery } from "./view-query.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;

/** How long a page waits for a log to be prepared before it shows the progress instead. */
const MAX_WAIT_MS = 1_500;

interface AskedView extends AskedFile {
  query: ViewQuery;
}

/** `/log-archives/:id/files/:position`: one log file of an archive in the browser. */
export async function showLogRoutes(app: FastifyInstance): Promise<void> {
  const { logCache, logSearches: places } = app;
  const { db } = app.database;

  app.get<WithFile>(
    "/log-archives/:id/files/:position",
    ACCESS,
    async (request, reply) =>
      await withFile(app, request, reply, async (file) => {
        const asked = { ...file, query: readViewQuery(request.query) };
        const maxWaitMs = request.isPartial ? 0 : MAX_WAIT_MS;
        const cached = await logCache.open(file.source, request.signedInUser().id, maxWaitMs);
        if (cached.kind !== "ready") return await showWaiting(request, reply, asked, cached);
        if (request.isPartial && asked.query.isWaiting) return reply.header("hx-refresh", "true").send();
        await recordView(request.actor(), file);
        return await show(request, reply, asked, cached.log);
      }),
  );

  async function recordView(actor: Actor, { archive, name }: AskedFile) {
    const values = { day: archive.day, number: archive.number, file: name };
    const detail = [{ key: "archivedLog" as const, values }];
    const event = { action: "log_view", ...subjectOf(archive), detail } as const;
    await db.transaction().execute((trx) => recordOnceAnHour(trx, actor, event, app.clock()));
  }

  /** Shows the progress or the problem; when any other page asks for a part, the browser reloads. */
  async function showWaiting(
    { viewer, isPartial }: FastifyRequest,
    reply: FastifyReply,
    asked: AskedView,
    cached: Exclude<CachedLog, { kind: "ready" }>,
  ) {
    if (isPartial && (cached.kind === "failed" || !asked.query.isWaiting)) {
      return reply.header("hx-refresh", "true").send();
    }
    if (cached.kind === "failed") {
      const text = viewer.t(`logViewer.failed.${cached.problem}`);
      return await reply.code(500).page("log-viewer/failed", { ...filePage(viewer, asked), text });
    }
    const percent = Math.floor(cached.share * 100);
    const model = {
      ...filePage(viewer, asked),
      pollUrl: `${asked.path}?waiting=1`,
      percent,
      percentText: viewer.t("logViewer.preparing.percent", { percent }),
    };
    if (!isPartial) return await reply.code(202).page("log-viewer/preparing", model);
    return reply.polledPart(`${percent}`, () => app.renderFragment("log-viewer/_progress", viewer, model));
  }

  async function show(request: FastifyRequest, reply: FastifyReply, asked: AskedView, log: PreparedLog) {
    const { path, query } = asked;
    const find = (signal: AbortSignal) => findDestination(log, query, signal);
    const destination = query.find
      ? await inTurn(request, reply, { places, busyWith: "searches" }, find)
      : await whileConnected(reply, find);
    if (destination === "left") return reply.code(499).send();
    if (!destination || "problems" in destination) {
      const problems = destination?.problems ?? {};
      if (destination && problems.text !== "nothing") reply.code(422);
      return await showLines(request, reply, asked, log, problems);
    }
    const { line, searched, isSearchOver } = destination;
    const mode = isSearchOver ? { ...query, text: "" } : query;
    return reply.redirect(lineUrl(path, line, mode, { searched }), 303);
  }

  async function showLines(
    { viewer, isPartial }: FastifyRequest,
    reply: FastifyReply,
    asked: AskedView,
    log: PreparedLog,
    problems: FieldProblems,
  ) {
    const { path, query } = asked;
    const window = pageWindow(query, log.summary.lines);
    const { current } = window;
    const read = await whileConnected(reply, async (signal) => ({
      rows: await readRows(log, query, window),
      matches:
        current === null || query.text.trim() === "" ? null : await readMatches(log, query, current, signal),
    }));
    if (read === "left") return reply.code(499).send();
    const timeBefore = query.after === null ? null : await timeOfLine(log, query.after);
    const shown = { viewer, path, log, query, window, ...read, timeBefore };
    if (isPartial) return sendRows(reply, viewer, rowsModel(shown));
    const errors = await findErrorsAround(log, current ?? 1);
    const time = current === null ? null : await timeOfLine(log, current);
    return await reply.page("log-viewer/show", logModel(asked, { ...shown, errors, time, problems }));
  }

  function sendRows(reply: FastifyReply, viewer: Viewer, model: ReturnType<typeof rowsModel>) {
    const html = app.renderFragment("log-viewer/_lines", viewer, model);
    return reply.header("vary", "HX-Request-Type, Cookie").type("text/html; charset=utf-8").send(html);
  }
}
