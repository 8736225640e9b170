import type { FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "../database/schema.ts";
import type { Confirmation } from "../forms/confirmation.ts";
import { readId } from "../forms/id.ts";
import type { Channel } from "../notifications/registry/channel.ts";
import { findChannel } from "../notifications/registry/find-channels.ts";
import { findRule, type RuleOwner } from "../notifications/registry/rules.ts";
import type { Rule } from "../notifications/rules/rule.ts";
import { NotFoundError } from "../plugins/errors.ts";

/** Who may open what is about channels. */
export const ACCESS = { config: { access: "outlet_setup" } } as const;

/** Of a route of a channel, or of one of its rules. */
export type AskedRequest = FastifyRequest<{ Params: { id: string; rule?: string } }>;

/** A channel, and of which organizations its rules may be. */
export interface AskedChannel extends RuleOwner {
  channel: Channel;
  /** That an address names as well. */
  rule?: Rule;
}

/** Finds the channel that an address names. @throws NotFoundError also for whoever may not see it. */
export async function askedChannel(db: Db, request: AskedRequest): Promise<AskedChannel> {
  const id = readId(request.params.id);
  const channel = id === null ? null : await findChannel(db, request.signedInUser(), id);
  if (!channel) throw new NotFoundError();
  // Own ones are asked for by their owner alone.
  return { channel, access: channel.ownerId === null ? "all" : request.viewer.organizations };
}

/** Finds the rule that an address names, with its channel. @throws NotFoundError likewise. */
export async function askedRule(db: Db, request: AskedRequest): Promise<AskedChannel & { rule: Rule }> {
  const asked = await askedChannel(db, request);
  const id = readId(request.params.rule ?? "");
  const rule = id === null ? null : await findRule(db, asked.channel.id, id);
  if (!rule) throw new NotFoundError();
  return { ...asked, rule };
}

/** Asks before something goes; the answer is sent to `path`. */
export async function askToRemove(
  reply: FastifyReply,
  removal: Omit<Confirmation, "problem" | "sends" | "isDanger">,
): Promise<string> {
  return await reply.dialogPage("forms/confirmation", {
    ...removal,
    ...{ problem: null, sends: { name: "removed", value: "yes" }, isDanger: true, section: "settings" },
  });
}
