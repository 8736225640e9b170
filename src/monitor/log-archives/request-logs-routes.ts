import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { boundElsewhere } from "../fleet/bound-elsewhere.ts";
import { fieldsOf } from "../forms/field-model.ts";
import type { WithId } from "../forms/fields.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { requestLogs } from "./create-log-request.ts";
import {
  type LogRequestProblems,
  type LogRequestValues,
  MAX_MEGABYTES,
  PRESETS,
  type Preset,
  presetOf,
  readLogRequest,
  readPreset,
} from "./log-request-form.ts";
import { requestInWords } from "./log-request-model.ts";
import { type ListedLogRequest, listLogRequests } from "./log-requests.ts";
import { logFailureInWords } from "./outcome/in-words.ts";

const ACCESS = { config: { access: "outlet_setup" } } as const;

const EARLIER_REQUESTS = 10;

export async function requestLogsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>("/pos-servers/:id/log-requests/new", ACCESS, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const filledIn = readPreset(request.query, request.viewer.timeZone, app.clock());
    return await show(request, reply, posServer, filledIn);
  });

  app.post<WithId>("/pos-servers/:id/log-requests", ACCESS, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { timeZone } = request.viewer;
    const { values, problems, wanted } = readLogRequest(request.body, timeZone, app.clock());
    const preset = presetOf(values, timeZone, app.clock());
    if (!wanted || posServer.parked === 1) {
      reply.code(422);
      return await show(request, reply, posServer, { preset, values, problems: problems ?? {} });
    }
    const created = await requestLogs(app, request.actor(), posServer, wanted);
    if ("failure" in created) {
      reply.code(422);
      const refusal = logFailureInWords(request.viewer, created.failure);
      // Its answer may have changed what is shown of it.
      const asked = await findAskedPosServer(db, request);
      return await show(request, reply, asked, { preset, values, refusal });
    }
    return reply.redirect(`/log-requests/${created.id}${created.isJoined ? "?joined=1" : ""}`, 303);
  });

  async function show(
    { viewer }: FastifyRequest<WithId>,
    reply: FastifyReply,
    posServer: ShownPosServer,
    shown: Pick<NewRequestInput, "preset" | "values"> &
      Partial<Pick<NewRequestInput, "problems" | "refusal">>,
  ) {
    const earlier = await listLogRequests(db, posServer.id, EARLIER_REQUESTS);
    const known = { viewer, posServer, earlier, now: app.clock() };
    const model = newRequestModel({ ...known, problems: {}, refusal: null, ...shown });
    return await reply.dialogPage("log-archives/new", model);
  }
}

interface NewRequestInput {
  viewer: Viewer;
  posServer: ShownPosServer;
  preset: Preset;
  values: LogRequestValues;
  problems: LogRequestProblems;
  /** Why nothing was queued although the form is valid, in words. */
  refusal: string | null;
  earlier: ListedLogRequest[];
  now: number;
}

function newRequestModel(input: NewRequestInput) {
  const { viewer, posServer, preset, values, problems, refusal, earlier, now } = input;
  const { t } = viewer;
  const path = `/pos-servers/${posServer.id}/log-requests`;
  const limits = { maximum: viewer.format.number(MAX_MEGABYTES) };
  const field = fieldsOf(t, { typed: values, problems, limits });
  const paused = posServer.parked === 1 ? t("logRequest.paused") : null;
  const elsewhere = paused ? null : boundElsewhere(viewer, posServer, "logs");
  return {
    title: t("logRequest.title", { name: posServer.name }),
    subtitle: `${posServer.organizationName} · ${t("posServers.crmId", { crmId: posServer.crmId })}`,
    path,
    posServerUrl: `/pos-servers/${posServer.id}`,
    presets: PRESETS.map((name) => ({
      url: `${path}/new?preset=${name}`,
      text: t(`logRequest.preset.${name}`),
      isOwn: name === "custom",
      isCurrent: name === preset,
    })),
    fields: (["from", "to", "maxMegabytes"] as const).map((name) =>
      field(name, {
        type: name === "maxMegabytes" ? "text" : "datetime-local",
        label: t(`logRequest.field.${name}`),
        inputMode: name === "maxMegabytes" ? "numeric" : null,
        isFocused: name === "from" && preset === "custom" && !refusal,
      }),
    ),
    refusal: elsewhere ? null : refusal,
    paused,
    elsewhere,
    canBeSent: paused === null && elsewhere === null,
    earlier: earlier.map((request) => requestInWords(request, viewer, now)),
  };
}
