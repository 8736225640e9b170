import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WithId } from "../forms/fields.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { presetOf, readLogRequest, readPreset } from "./log-request-form.ts";
import { listLogRequests } from "./log-requests.ts";
import { type NewRequestInput, newRequestModel } from "./new-request-model.ts";
import { logFailureInWords } from "./outcome/in-words.ts";
import { requestLogs } from "./request-logs.ts";

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
