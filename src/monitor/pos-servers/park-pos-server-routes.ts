import type { FastifyInstance, FastifyRequest } from "fastify";
import { aboutPosServer, recordEvent } from "../audit-log/record-event.ts";
import type { WithId } from "../forms/fields.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { findParking, park, setParked } from "../restaurants/park-pos-server.ts";
import { beginParkingForm, parkingFormModel, readParkingForm } from "../restaurants/parking-form.ts";

/** `/pos-servers/:id/parking`: parks a POS server with a reason and an end, changes these, or takes it back. */
export async function parkPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "outlet_setup" } } as const;

  app.get<WithId>("/pos-servers/:id/parking/new", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { viewer } = request;
    const form = beginParkingForm(await findParking(db, posServer.id), viewer.timeZone);
    return await reply.dialogPage("pos-servers/parking", parkingFormModel(viewer, posServer, form));
  });

  app.post<WithId>("/pos-servers/:id/parking", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { viewer } = request;
    const now = app.clock();
    const form = readParkingForm(request.body, viewer.timeZone, now);
    if (form.parked && Object.keys(form.problems).length > 0) {
      const model = parkingFormModel(viewer, posServer, form);
      return await reply.code(422).dialogPage("pos-servers/parking", model);
    }
    if (form.parked) await park(db, request.actor(), posServer, form, now);
    else if (posServer.parked === 1) await unpark(request, posServer, now);
    return reply.leadBackTo(`/pos-servers/${posServer.id}`);
  });

  async function unpark(request: FastifyRequest, posServer: ShownPosServer, now: number) {
    await db.transaction().execute(async (trx) => {
      await setParked(trx, posServer.id, false, now);
      const event = { action: "pos_server_unpark", ...aboutPosServer(posServer) } as const;
      await recordEvent(trx, request.actor(), event, now);
    });
    app.poller.pollSoon(posServer.id);
  }
}
