import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AuditDetail } from "../audit-log/detail.ts";
import { aboutPosServer, recordEvent } from "../audit-log/record-event.ts";
import { isChecked } from "../forms/fields.ts";
import type { WithId } from "../forms/id.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { changeParking, findParking, type ParkingTerms, setParked } from "../restaurants/park-pos-server.ts";
import { type ParkingForm, readParkingForm, valuesOfParking } from "./parking-form.ts";
import { parkingModel } from "./parking-model.ts";

/** `/pos-servers/:id/parking`: parks a POS server with a reason and an end, changes these, or takes it back. */
export async function parkPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get<WithId>("/pos-servers/:id/parking/new", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    const { viewer } = request;
    const values = valuesOfParking(await findParking(db, posServer.id), viewer.timeZone);
    const model = parkingModel(viewer, posServer, { values, problems: {} });
    return await reply.dialogPage("pos-servers/parking", model);
  });

  app.post<WithId>("/pos-servers/:id/parking", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    if (isChecked(request.body, "parked")) return await park(request, reply, posServer);
    if (posServer.parked === 1) await unpark(request, posServer);
    return reply.leadBackTo(`/pos-servers/${posServer.id}`);
  });

  async function park(request: FastifyRequest, reply: FastifyReply, posServer: ShownPosServer) {
    const { viewer } = request;
    const now = app.clock();
    const form = readParkingForm(request.body, viewer.timeZone, now);
    if (Object.keys(form.problems).length > 0) {
      return await reply.code(422).dialogPage("pos-servers/parking", parkingModel(viewer, posServer, form));
    }
    const { userId, name: userName } = request.actor();
    const terms = { userId, userName, reason: form.reason, endsAt: form.endsAt };
    await saveParking(request, posServer, terms, describe(form), now);
    return reply.leadBackTo(`/pos-servers/${posServer.id}`);
  }

  async function saveParking(
    request: FastifyRequest,
    posServer: ShownPosServer,
    terms: ParkingTerms,
    detail: AuditDetail,
    now: number,
  ) {
    const { id, parked } = posServer;
    await db.transaction().execute(async (trx) => {
      const before = await findParking(trx, id);
      const isSame = (before?.reason ?? null) === terms.reason && (before?.endsAt ?? null) === terms.endsAt;
      if (parked === 1 && isSame) return;
      if (parked === 1) await changeParking(trx, id, terms, now);
      else await setParked(trx, id, true, now, terms);
      const event = { action: "pos_server_park", ...aboutPosServer(posServer), detail } as const;
      await recordEvent(trx, request.actor(), event, now);
    });
  }

  async function unpark(request: FastifyRequest, posServer: ShownPosServer) {
    const now = app.clock();
    await db.transaction().execute(async (trx) => {
      await setParked(trx, posServer.id, false, now);
      const event = { action: "pos_server_unpark", ...aboutPosServer(posServer) } as const;
      await recordEvent(trx, request.actor(), event, now);
    });
    app.poller.pollSoon(posServer.id);
  }
}

function describe({ reason, endsAt }: ParkingForm): AuditDetail {
  return [
    ...(reason === null ? [] : [{ key: "parkingReason" as const, values: { reason } }]),
    ...(endsAt === null ? [] : [{ key: "parkingEnd" as const, values: { at: endsAt } }]),
  ];
}
