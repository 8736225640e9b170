import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { visibleText } from "../../protocol/visible-text.ts";
import { readId } from "../forms/id.ts";
import { findArchive } from "../log-archives/store/find-archive.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { whileConnected } from "../plugins/while-connected.ts";
import { filesUrl, type NamedFile } from "./archive-page.ts";
import { type FieldProblems, findDestination } from "./destination.ts";
import { findErrorsAround } from "./find-line.ts";
import type { CachedLog } from "./log-cache.ts";
import { type PreparedLog, readLines } from "./prepared-log.ts";
import { cacheSource, readArchive, showGoneArchive } from "./read-archive.ts";
import { recordView } from "./record-view.ts";
import { linesModel, lineWindow, logModel } from "./show-model.ts";
import { lineUrl, readViewQuery, type ViewQuery } from "./view-query.ts";
import { failedModel, preparingModel } from "./waiting-model.ts";

/** A log that is prepared within this time is shown at once; others show how far they are. */
const MAX_WAIT_MS = 1_500;

interface WithFile {
  Params: { id: string; position: string };
}

/** One file as it is asked for. */
interface AskedFile extends NamedFile {
  query: ViewQuery;
}

/** `/log-archives/:id/files/:position`: one log file of an archive in the browser. */
export async function showLogRoutes(app: FastifyInstance): Promise<void> {
  const { logCache, logSearches: places } = app;
  const { db } = app.database;

  app.get<WithFile>(
    "/log-archives/:id/files/:position",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const [id, position] = [readId(request.params.id), readId(request.params.position)];
      const archive = id === null ? null : await findArchive(db, request.viewer.organizations, id);
      if (!archive) return reply.callNotFound();
      const read = await whileConnected(reply, (signal) =>
        readArchive(archive, app.config.archiveDir, request.log, signal),
      );
      if (read === "left") return reply.code(499).send();
      if ("problem" in read) return await showGoneArchive(reply, request.viewer, archive, read.problem);
      const file = read.files.find((file) => file.position === position);
      if (!file) return reply.callNotFound();

      const path = `${filesUrl(archive)}/${file.position}`;
      const asked = { archive, name: visibleText(file.name), path, query: readViewQuery(request.query) };
      const source = cacheSource(archive, read.zipFile, file);
      const maxWaitMs = request.isPartial ? 0 : MAX_WAIT_MS;
      const cached = await logCache.open(source, request.signedInUser().id, maxWaitMs);
      if (cached.kind !== "ready") return await showWaiting(request, reply, asked, cached);
      if (request.isPartial && asked.query.isWaiting) return reply.header("hx-refresh", "true").send();
      await recordView(db, request.actor(), archive, asked.name, app.clock());
      return await show(request, reply, asked, cached.log);
    },
  );

  /** The page that waits asks how far it is; any other part of a page makes the browser come here. */
  async function showWaiting(
    { viewer, isPartial }: FastifyRequest,
    reply: FastifyReply,
    asked: AskedFile,
    cached: Exclude<CachedLog, { kind: "ready" }>,
  ) {
    if (isPartial && (cached.kind === "failed" || !asked.query.isWaiting)) {
      return reply.header("hx-refresh", "true").send();
    }
    if (cached.kind === "failed") {
      return await reply.code(500).page("log-viewer/failed", failedModel(viewer, asked, cached.problem));
    }
    const model = preparingModel(viewer, asked, cached.share);
    if (!isPartial) return await reply.code(202).page("log-viewer/preparing", model);
    return reply.polledPart(`${model.percent}`, () =>
      app.renderFragment("log-viewer/_progress", viewer, model),
    );
  }

  async function show(request: FastifyRequest, reply: FastifyReply, asked: AskedFile, log: PreparedLog) {
    const { path, query } = asked;
    const find = (signal: AbortSignal) => findDestination(log, query, signal);
    const destination = query.find
      ? await inTurn(request, reply, { places, busyWith: "searches" }, find)
      : await whileConnected(reply, find);
    if (destination === "left") return reply.code(499).send();
    if (!destination) return await showLines(request, reply, asked, log, {});
    if ("problems" in destination) {
      const { problems } = destination;
      if (problems.text !== "nothing") reply.code(422);
      return await showLines(request, reply, asked, log, problems);
    }
    const { line, searched } = destination;
    return reply.redirect(lineUrl(path, line, { text: query.text, searched }), 303);
  }

  async function showLines(
    { viewer, isPartial }: FastifyRequest,
    reply: FastifyReply,
    asked: AskedFile,
    log: PreparedLog,
    problems: FieldProblems,
  ) {
    const { path, query } = asked;
    const window = lineWindow(query, log.summary.lines);
    const lines = await readLines(log, window.from, window.to);
    const shown = { viewer, path, log, query, window, lines };
    if (isPartial) {
      const side = query.before === null ? "after" : "before";
      const html = app.renderFragment("log-viewer/_lines", viewer, linesModel(shown, side));
      return reply.header("vary", "HX-Request-Type, Cookie").type("text/html; charset=utf-8").send(html);
    }
    const errors = await findErrorsAround(log, window.current ?? 1);
    return await reply.page("log-viewer/show", logModel(asked, { ...shown, errors, problems }));
  }
}
