import type { FastifyInstance } from "fastify";
import type { LogFile } from "../../protocol/logs.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import type { WithId } from "../forms/fields.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { askOwn } from "../pos-client/ask-own.ts";
import type { PosFailure } from "../pos-client/calls/failure.ts";
import type { CallOutcome } from "../pos-client/client.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { periodByItsClock } from "../restaurants/pos-server-clock.ts";
import { readPosServerToCall } from "../restaurants/pos-server-to-call.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { createPlaces, type PlaceLimits } from "../workers/places.ts";
import { createShareWork } from "../workers/share-work.ts";
import { type ArchivePlan, planArchives } from "./fetching/plan-archives.ts";
import { readLogRequest, type WantedLogs } from "./log-request-form.ts";
import { leftOutInWords, logFailureInWords } from "./outcome/in-words.ts";
import { takenBytes } from "./outcome/stored-files.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;
/** How long the form waits for its preview. */
const PREVIEW_MS = 5_000;
const PREVIEWS: PlaceLimits = { atOnce: 8, maxWaitingEach: 3, maxWaiting: 100 };

type Preview =
  | { kind: "plan"; plan: ArchivePlan }
  | { kind: "failure"; failure: PosFailure }
  | { kind: "slow" };

/** `/pos-servers/:id/log-requests/preview`: the part of the form that says what would be fetched. */
export async function previewRequestRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const { posClient: client } = app;
  const share = createShareWork<CallOutcome<LogFile[]>>();
  const places = createPlaces(PREVIEWS);

  app.get<WithId>("/pos-servers/:id/log-requests/preview", ACCESS, async (request, reply) => {
    const { viewer } = request;
    const posServer = await findAskedPosServer(db, request);
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

  /** Stores nothing; all who ask the same at once share a call. Another CrmId is refused, as by the request itself. */
  async function findPreview(
    { id, clockShiftMs, utcOffsetMinutes }: ShownPosServer,
    wanted: WantedLogs,
    signal: AbortSignal,
  ): Promise<Preview> {
    const called = await readPosServerToCall(db, app.secretBox, id);
    if (!called.ok) return { kind: "failure", failure: called.failure };
    const { posServer } = called;
    const period = periodByItsClock(wanted, clockShiftMs ?? 0);
    const listed = await withinTime(signal, (ending) =>
      share(JSON.stringify([posServer, period]), ending, (nobodyWaits) =>
        askOwn(client, posServer, (own) => client.listLogs(own, period, nobodyWaits), nobodyWaits),
      ),
    );
    if (!listed) return { kind: "slow" };
    if (!listed.ok) return { kind: "failure", failure: listed.failure };
    const options = { maxBytes: wanted.maxBytes, utcOffsetMinutes: utcOffsetMinutes ?? 0 };
    return { kind: "plan", plan: planArchives(listed.value, options) };
  }
}

async function withinTime<T>(
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PREVIEW_MS);
  try {
    return await call(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (!late.signal.aborted || signal.aborted) throw error;
    return null;
  } finally {
    clearTimeout(timer);
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
        ? t("logRequest.state.nothing")
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
