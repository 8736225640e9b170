import type { FastifyInstance } from "fastify";
import { recordEvent } from "../audit-log/record-event.ts";
import { findAskedPosServer } from "../fleet/find-pos-server.ts";
import { textFields } from "../forms/fields.ts";
import type { WithId } from "../forms/id.ts";
import { refusalOf } from "../pos-client/dial-out/two-machines.ts";

/** `/pos-servers/:id/machines`: an administrator says which of two machines with one identity is the POS server, and the other is refused. */
export async function keepMachineRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const { agents } = app.posClient;
  const access = { config: { access: "administrator" } } as const;

  app.get<WithId>("/pos-servers/:id/machines/new", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    const { t, format } = request.viewer;
    const { id, name, organizationId, organizationName } = posServer;
    const url = `/pos-servers/${id}`;
    const rivals = agents.rivalsOf(id);
    if (!rivals) return reply.leadTo(url);
    const now = app.clock();
    const model = {
      title: t("posServer.machines.title"),
      subtitle: `${name} · ${organizationName}`,
      machines: rivals.map(({ instance, host, address, seenAt }) => ({
        ...{ instance, host: host || address },
        facts: t("posServer.machines.facts", { address, time: format.moment(seenAt, now) }),
      })),
      ...{ url, newCodeUrl: `/enrolments/new?organization=${organizationId}`, section: "pos-servers" },
    };
    return await reply.dialogPage("pos-server/machines", model);
  });

  app.post<WithId>("/pos-servers/:id/machines", access, async (request, reply) => {
    const posServer = await findAskedPosServer(db, request);
    if (!posServer) return reply.callNotFound();
    const { id: posServerId, name: subject, organizationId } = posServer;
    const { instance } = textFields(request.body, ["instance"]);
    const rivals = agents.rivalsOf(posServerId) ?? [];
    const kept = rivals.find((rival) => rival.instance === instance);
    const other = rivals.find((rival) => rival.instance !== instance);
    // Somebody else was faster, or there is a third one by now: it is asked anew.
    if (!kept || !other) return reply.leadTo(`/pos-servers/${posServerId}/machines/new`);
    const values = { kept: kept.host, keptFrom: kept.address, other: other.host, from: other.address };
    const detail = [{ key: "machineKept", values }] as const;
    const event = { action: "machine_keep", subject, organizationId, posServerId, detail } as const;
    await db.transaction().execute(async (trx) => {
      await trx
        .updateTable("pos_server")
        .set({ rival_agents: null, refused_agent: refusalOf(other, kept) })
        .where("id", "=", posServerId)
        .execute();
      await recordEvent(trx, request.actor(), event, app.clock());
    });
    agents.keep(posServerId, instance);
    app.poller.hurry(posServerId);
    return reply.leadTo(`/pos-servers/${posServerId}`);
  });
}
