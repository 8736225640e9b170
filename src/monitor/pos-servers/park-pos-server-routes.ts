import type { FastifyInstance } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { findAskedPosServer } from "../fleet/find-pos-server.ts";
import { setParked } from "../fleet/park-pos-server.ts";
import { isChecked } from "../forms/fields.ts";
import type { WithId } from "../forms/id.ts";

/** `POST /pos-servers/:id/parking`: parks a POS server, or takes it back. */
export async function parkPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.post<WithId>(
    "/pos-servers/:id/parking",
    { config: { access: "outlet_setup" } },
    async (request, reply) => {
      const posServer = await findAskedPosServer(db, request);
      if (!posServer) return reply.callNotFound();
      const { id: posServerId, name: subject, organizationId } = posServer;
      const isParked = isChecked(request.body, "parked");
      if (isParked !== (posServer.parked === 1)) {
        const action = isParked ? "pos_server_park" : "pos_server_unpark";
        const now = app.clock();
        await db.transaction().execute(async (trx) => {
          await setParked(trx, posServerId, isParked, now);
          await recordEvent(trx, request.actor(), { action, subject, organizationId, posServerId }, now);
        });
      }
      return reply.redirect(`/pos-servers/${posServerId}`, 303);
    },
  );
}
