import type { FastifyReply, FastifyRequest } from "fastify";
import type { Invited } from "./invitations.ts";

/** The only page that shows a link: nothing that could show it again is stored. */
export async function showLink(
  request: FastifyRequest,
  reply: FastifyReply,
  { user, token }: Invited,
): Promise<string> {
  const link = `${request.protocol}://${request.host}/invitations/${token}`;
  return await reply.page("people/users/link", { invited: user, link, url: `/users/${user.id}` });
}
