import type { FastifyInstance, FastifyReply } from "fastify";
import type { FilledForm } from "../../forms/field-model.ts";
import { textFields } from "../../forms/fields.ts";
import { listActiveOrganizations } from "../../organizations/registry/active-organizations.ts";
import { findUserByLogin, findUserNameProblem, normalizeLogin } from "../registry/users.ts";
import { createInvitedUser } from "./invitations.ts";
import { MAX_RIGHTS_FORM_BYTES, NO_RIGHTS, readTicks } from "./rights-form.ts";
import type { Rights } from "./save-rights.ts";
import { tellLink } from "./show-link.ts";
import { newUserModel } from "./user-model.ts";

const LOGIN_TAKEN = "users.problem.loginTaken";

/** `/users/new` and `POST /users`: a new user with their rights, who sets the password by a link. */
export async function addUserRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/users/new", { config: { access: "administrator" } }, async (_request, reply) => {
    return await show(reply, { typed: {}, problems: {} }, NO_RIGHTS);
  });

  app.post(
    "/users",
    { config: { access: "administrator" }, bodyLimit: MAX_RIGHTS_FORM_BYTES },
    async (request, reply) => {
      const typed = textFields(request.body, ["login", "name"]);
      const rights = readTicks(request.body);
      const login = normalizeLogin(typed.login);
      const name = typed.name.trim();
      const nameProblem = findUserNameProblem(name);
      const isTaken = login !== null && (await findUserByLogin(db, login)) !== null;
      if (!login || isTaken || nameProblem) {
        const problems = {
          ...(!login && { login: "user.problem.login" }),
          ...(isTaken && { login: LOGIN_TAKEN }),
          ...(nameProblem && { name: nameProblem }),
        };
        return await show(reply.code(422), { typed, problems }, rights);
      }

      const user = { login, name, isAdministrator: false, rights };
      const invited = await createInvitedUser(db, request.actor(), user, app.clock());
      if (!invited) {
        const problems = { login: LOGIN_TAKEN };
        return await show(reply.code(422), { typed, problems }, rights);
      }
      return await tellLink(reply, invited);
    },
  );

  async function show(reply: FastifyReply, form: FilledForm, rights: Rights) {
    const organizations = await listActiveOrganizations(db);
    const model = newUserModel(reply.request.viewer, { ...form, rights, organizations });
    return await reply.page("people/users/new", model);
  }
}
