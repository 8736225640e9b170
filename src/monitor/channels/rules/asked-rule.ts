import type { FastifyRequest } from "fastify";
import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { readId } from "../../forms/id.ts";
import { findRule } from "../../notifications/registry/rules.ts";
import type { Rule } from "../../notifications/rules/rule.ts";
import { type AskedOwner, findAskedChannel, ownerOf } from "../asked/find-asked-channel.ts";

/** A route of a rule of a channel; that of a new one has none. */
export type RuleRequest = FastifyRequest<{ Params: { id: string; rule?: string } }>;

/** The rule that an address names, if whoever asks may see its channel. */
export async function findAskedRule(
  db: Kysely<Database>,
  request: RuleRequest,
): Promise<{ owner: AskedOwner; rule: Rule } | null> {
  const channel = await findAskedChannel(db, request);
  const id = readId(request.params.rule ?? "");
  const rule = channel && id !== null ? await findRule(db, channel.id, id) : null;
  return channel && rule ? { owner: ownerOf(request, channel), rule } : null;
}
