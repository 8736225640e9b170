import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { findIncident, type ShownIncident } from "../../fleet/incidents/find-incidents.ts";
import type { WithId } from "../../forms/id.ts";
import { isMessenger } from "../../notifications/channels/channel.ts";
import { countBelow } from "../../notifications/registry/find-channels.ts";
import { type ListedDelivery, listDeliveries } from "../../notifications/registry/list-deliveries.ts";
import { listRules } from "../../notifications/rules/list-rules.ts";
import type { OrganizationAccess } from "../../viewer/access.ts";
import { findAskedChannel, ownerOf } from "../asked/find-asked-channel.ts";
import { readRuleNames } from "../asked/rule-names.ts";
import { CHANNEL_TOLD } from "../words/told.ts";
import { channelModel } from "./channel-model.ts";

const SHOWN_DELIVERIES = 20;

/** `/channels/:id`: what a channel is, how it stands, of what it is told and what it was told last. */
export async function showChannelRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get(
    "/channels/:id",
    { config: { access: "outlet_setup" } },
    async (request: FastifyRequest<WithId>, reply) => {
      const channel = await findAskedChannel(db, request);
      if (!channel) return reply.callNotFound();
      const { organizations } = request.viewer;
      const deliveries = await listDeliveries(db, channel.id, SHOWN_DELIVERIES);
      const known = {
        channel,
        below: await countBelow(db, channel.id),
        rules: await listRules(db, channel.id),
        names: await readRuleNames(db, ownerOf(request, channel)),
        deliveries,
        incidents: await findIncidents(db, organizations, deliveries),
        botFailure: isMessenger(channel.kind) ? app.notifications.botStanding(channel.id) : null,
        told: request.toldOnce(CHANNEL_TOLD),
      };
      return await reply.page("channels/show", channelModel(request.viewer, known, app.clock()));
    },
  );
}

/** What deliveries are about, as far as the viewer may see it. */
async function findIncidents(
  db: Kysely<Database>,
  access: OrganizationAccess,
  deliveries: readonly ListedDelivery[],
): Promise<Map<number, ShownIncident>> {
  const incidents = new Map<number, ShownIncident>();
  for (const id of new Set(deliveries.flatMap(({ incidentId }) => incidentId ?? []))) {
    const incident = await findIncident(db, access, id);
    if (incident) incidents.set(id, incident);
  }
  return incidents;
}
