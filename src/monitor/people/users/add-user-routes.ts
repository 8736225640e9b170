import type { FastifyInstance, FastifyReply } from "fastify";
import type { FilledForm } from "../../forms/field-model.ts";
import { textFields } from "../../forms/fields.ts";
import { findUserNameProblem, normalizeLogin } from "../registry/users.ts";
import { createInvitedUser } from "./invitations.ts";
import { newUserModel } from "./new-user-model.ts";
import { showLink } from "./show-link.ts";

/** `/users/new` and `POST /users`: a new user, who sets the password by a link. */
export async function addUserRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/users/new", { config: { access: "administrator" } }, async ({ viewer }, reply) => {
    return await reply.page("people/users/new", newUserModel(viewer, { typed: {}, problems: {} }));
  });

  app.post("/users", { config: { access: "administrator" } }, async (request, reply) => {
    const typed = textFields(request.body, ["login", "name"]);
    const login = normalizeLogin(typed.login);
    const name = typed.name.trim();
    const nameProblem = findUserNameProblem(name);
    if (!login || nameProblem) {
      const problems = {
        ...(!login && { login: "user.problem.login" }),
        ...(nameProblem && { name: nameProblem }),
      };
      return await refuse(reply, typed, problems);
    }

    const user = { login, name, isAdministrator: false };
    const invited = await createInvitedUser(db, request.actor(), user, app.clock());
    if (!invited) {
      const problems = { login: "users.problem.loginTaken" };
      return await refuse(reply, typed, problems);
    }
    return await showLink(request, reply, invited);
  });

  async function refuse(reply: FastifyReply, typed: FilledForm["typed"], problems: FilledForm["problems"]) {
    const model = newUserModel(reply.request.viewer, { typed, problems });
    return await reply.code(422).page("people/users/new", model);
  }
}
