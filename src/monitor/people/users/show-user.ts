import type { FastifyReply } from "fastify";
import type { User } from "../registry/users.ts";
import { userModel } from "./user-model.ts";
import { findUserDetails, type UserForms } from "./user-page.ts";

/** The page of a user, with what stands in its forms when it is not what is stored. */
export async function showUser(reply: FastifyReply, user: User, forms: UserForms = {}): Promise<string> {
  const { viewer, server: app } = reply.request;
  const now = app.clock();
  const details = await findUserDetails(app.database.db, user, now);
  return await reply.page("people/users/show", userModel({ viewer, user, details, forms, now }));
}
