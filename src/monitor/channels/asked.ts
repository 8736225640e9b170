import type { FastifyRequest } from "fastify";
import type { Db } from "../database/schema.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { readId, type WithId } from "../forms/id.ts";
import type { Channel } from "../notifications/registry/channel.ts";
import { findChannel, listOthers } from "../notifications/registry/find-channels.ts";
import { findRule, type RuleOwner } from "../notifications/registry/rules.ts";
import type { Rule } from "../notifications/rules/rule.ts";
import type { RuleNames } from "./words/rule-in-words.ts";

/** The channel that an address names, if whoever asks may see it: own ones nobody else may, those of all administrators. */
export async function findAskedChannel(db: Db, request: FastifyRequest<WithId>): Promise<Channel | null> {
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

/** Reads the names of what the rules of a channel are about, as far as its owner may see them. */
export async function readRuleNames(db: Db, { channel, access }: AskedOwner): Promise<RuleNames> {
  const byId = (named: readonly { id: number; name: string }[]) =>
    new Map(named.map(({ id, name }) => [id, name]));
  return {
    organizations: byId(await listOrganizations(db, access)),
    channels: new Map((await listOthers(db, channel)).map((other) => [other.id, other])),
  };
}

/** A route of a rule of a channel; that of a new one has none. */
export type RuleRequest = FastifyRequest<{ Params: { id: string; rule?: string } }>;

/** The rule that an address names, if whoever asks may see its channel. */
export async function findAskedRule(
  db: Db,
  request: RuleRequest,
): Promise<{ owner: AskedOwner; rule: Rule } | null> {
  const channel = await findAskedChannel(db, request);
  const id = readId(request.params.rule ?? "");
  const rule = channel && id !== null ? await findRule(db, channel.id, id) : null;
  return channel && rule ? { owner: ownerOf(request, channel), rule } : null;
}
