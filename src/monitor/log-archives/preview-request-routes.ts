import type { FastifyInstance } from "fastify";
import { visibleText } from "../../protocol/visible-text.ts";
import type { WithId } from "../forms/id.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { readPosServerToCall } from "../restaurants/pos-server-to-call.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { createPlaces, type PlaceLimits } from "../workers/places.ts";
import { readLogRequest, type WantedLogs } from "./log-request-form.ts";
import { leftOutInWords, logFailureInWords } from "./outcome/in-words.ts";
import { takenBytes } from "./outcome/stored-files.ts";
import { createPreviews, type Preview } from "./preview-plan.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;

const PREVIEWS: PlaceLimits = { atOnce: 8, maxWaitingEach: 3, maxWaiting: 100 };

/** `/pos-servers/:id/log-requests/preview`: the part of the form that says what would be fetched. */
export async function previewRequestRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const previews = createPreviews(app.posClient);
  const places = createPlaces(PREVIEWS);

  app.get<WithId>("/pos-servers/:id/log-requests/preview", ACCESS, async (request, reply) => {
    const { viewer } = request;
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    reply.type("text/html; charset=utf-8");
    const { wanted } = readLogRequest(request.query, viewer.timeZone, app.clock());
    if (!wanted || posServer.parked === 1) return "";
    const preview = await inTurn(request, reply, { places, busyWith: "previews" }, (signal) =>
      findPreview(posServer, wanted, signal),
    );
    if (preview === "left") return reply.code(499).send();
    const model = logPreviewModel(viewer, preview, wanted.maxBytes);
    return app.renderFragment("log-archives/_preview", viewer, model);
  });

  async function findPreview(
    posServer: ShownPosServer,
    wanted: WantedLogs,
    signal: AbortSignal,
  ): Promise<Preview> {
    const called = await readPosServerToCall(db, app.secretBox, posServer.id);
    return called.ok
      ? await previews.plan(called.posServer, posServer, wanted, signal)
      : { kind: "failure", failure: called.failure };
  }
}

const LISTED_FILES = 100;

function logPreviewModel(viewer: Viewer, preview: Preview, maxBytes: number) {
  const { t, format } = viewer;
  const nothing = { files: [], others: null, leftOut: [] };
  if (preview.kind === "slow") return { ...nothing, text: t("logPreview.slow") };
  if (preview.kind === "failure") {
    if (preview.failure.code === "not_connected") return { ...nothing, text: t("logPreview.away") };
    const reason = logFailureInWords(viewer, preview.failure);
    return { ...nothing, text: t("logPreview.failed", { reason }) };
  }
  const { archives, leftOut, files: count, bytes } = preview.plan;
  const files = archives.flatMap((archive) => archive.files);
  const others = count - LISTED_FILES;
  return {
    text:
      count === 0
        ? t("logPreview.nothing")
        : t("logPreview.plan", {
            count,
            size: format.bytes(bytes),
            archives: t("logRequest.archives", { count: archives.length }),
          }),
    files: files
      .slice(0, LISTED_FILES)
      .map((file) => ({ name: visibleText(file.name), size: format.bytes(takenBytes(file)) })),
    others: others > 0 ? t("leftOut.others", { count: others }) : null,
    leftOut: leftOutInWords(viewer, { named: leftOut, files: leftOut.length, maxBytes }),
  };
}
