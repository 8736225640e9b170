import type { FastifyReply } from "fastify";
import { pageLink } from "../../fleet/pages-address.ts";
import type { ToldKind } from "../../plugins/told-once.ts";
import type { User } from "../registry/users.ts";
import { linkModel } from "./invitation-model.ts";
import type { Invited } from "./invitations.ts";

/** The link of a user to set a password, the first or another one, which is told on one page and stored nowhere. */
const ISSUED_LINK: ToldKind<string> = { name: "password-link" };

/** Leads to the only page that shows a link: nothing that could show it again is stored. */
export async function tellLink(reply: FastifyReply, { user, token }: Invited): Promise<FastifyReply> {
  const link = await pageLink(reply.request, `/invitations/${token}`);
  return reply.tellOnce(`/users/${user.id}/invitations`, ISSUED_LINK, link);
}

/** Shows the link that was made for a user a moment ago, or that it has been shown. */
export async function showLink(reply: FastifyReply, user: User): Promise<string> {
  const { request } = reply;
  return await reply.page(
    "people/users/link",
    linkModel(request.viewer, user, request.toldOnce(ISSUED_LINK)),
  );
}
