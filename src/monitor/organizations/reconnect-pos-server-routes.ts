import type { FastifyInstance } from "fastify";
import { describeChanges } from "../audit-log/detail.ts";
import { aboutPosServer, recordEvent } from "../audit-log/record-event.ts";
import { textFields } from "../forms/fields.ts";
import type { WithId } from "../forms/id.ts";
import { POLL_ANSWER, pollAnswer } from "../polling/poll-answer.ts";
import { readPairing } from "./pos-server-form.ts";
import { reconnectModel } from "./pos-server-form-model.ts";
import { findRegisteredPosServer, isIdentityTaken } from "./registry/pos-servers.ts";
import { reconnectPosServer } from "./registry/registry.ts";

/** `/pos-servers/:id/connections`: «Подключить заново» by a new pairing string; the history stays. */
export async function reconnectPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const find = async (id: string) => await findRegisteredPosServer(db, app.secretBox, id);

  app.get<WithId>("/pos-servers/:id/connections/new", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    if (!posServer) return reply.callNotFound();
    return await reply.page("organizations/reconnect", reconnectModel(request.viewer, posServer, {}));
  });

  app.post<WithId>("/pos-servers/:id/connections", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    if (!posServer) return reply.callNotFound();
    const { id: posServerId, name, organizationId } = posServer;
    const { pairingString } = textFields(request.body, ["pairingString"]);
    const { connection, problems } = readPairing(pairingString);
    const isSaved = await db.transaction().execute(async (trx) => {
      if (!connection) return false;
      if (await isIdentityTaken(trx, connection.identity, posServerId)) {
        problems.pairingString = "posServer.problem.identityTaken";
        return false;
      }
      await reconnectPosServer(trx, app.secretBox, posServerId, connection);
      const { address, fingerprint, identity } = posServer.connection;
      const detail = describeChanges({
        address: [address, connection.address],
        fingerprint: [fingerprint, connection.fingerprint],
        identity: [identity, connection.identity],
      });
      const about = aboutPosServer({ id: posServerId, name, organizationId });
      const event = { action: "pos_server_reconnect", ...about, detail } as const;
      await recordEvent(trx, request.actor(), event, app.clock());
      return true;
    });
    if (isSaved) {
      const outcome = await app.pollNow(posServerId, { isChanged: true });
      return reply.tellOnce(`/pos-servers/${posServerId}`, POLL_ANSWER, pollAnswer(outcome));
    }
    reply.code(422);
    return await reply.page("organizations/reconnect", reconnectModel(request.viewer, posServer, problems));
  });
}
