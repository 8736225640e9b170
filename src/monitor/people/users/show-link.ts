import type { FastifyReply, FastifyRequest } from "fastify";
import { linkModel } from "./invitation-model.ts";
import type { Invited } from "./invitations.ts";

/** The only page that shows a link: nothing that could show it again is stored. */
export async function showLink(
  request: FastifyRequest,
  reply: FastifyReply,
  { user, token }: Invited,
): Promise<string> {
  const link = `${request.protocol}://${request.host}/invitations/${token}`;
  return await reply.page("people/users/link", linkModel(request.viewer, user, link));
}
