import type { FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { readId, type WithId } from "../../forms/id.ts";
import type { RuleOwner } from "../../notifications/registry/admit-rule.ts";
import type { Channel } from "../../notifications/registry/channel.ts";
import { findChannel } from "../../notifications/registry/find-channels.ts";

/** The channel that an address names, if whoever asks may see it: own ones nobody else may, those of all administrators. */
export async function findAskedChannel(
  db: Kysely<Database>,
  request: FastifyRequest<WithId>,
): Promise<Channel | null> {
  const id = readId(request.params.id);
  return id === null ? null : await findChannel(db, request.signedInUser(), id);
}

export interface AskedOwner extends RuleOwner {
  channel: Channel;
}

/** Rules of channels of all may be about everything; own ones about what their owner may see, who alone asks for them. */
export function ownerOf({ viewer }: FastifyRequest, channel: Channel): AskedOwner {
  return { channel, access: channel.ownerId === null ? "all" : viewer.organizations };
}
