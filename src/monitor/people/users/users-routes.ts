import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import type { Rights } from "../../access/save-rights.ts";
import { MAX_RIGHTS_FORM_BYTES, NO_RIGHTS, readTicks } from "../../access/ticks.ts";
import { findUserByLogin, findUserNameProblem, normalizeLogin } from "../../access/users.ts";
import { listOrganizations } from "../../fleet/summary.ts";
import type { FilledForm } from "../../forms/field-model.ts";
import { readForm, Text } from "../../forms/fields.ts";
import { paginate } from "../../viewer/pages.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { createInvitedUser } from "./invitations.ts";
import { type ListedUser, listUsers, organizationsInWords } from "./list-users.ts";
import { newUserModel } from "./user-model.ts";
import { flashLink } from "./user-routes.ts";

const LOGIN_TAKEN = "users.problem.loginTaken";

const MAX_SEARCH_LENGTH = 200;

const UsersQuery = Type.Object({ q: Text, page: Text });
const NewUserForm = Type.Object({ login: Text, name: Text });

/** The users: their list, and a new one, who sets the password by a link. */
export async function usersRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get("/users", access, async (request, reply) => {
    const { wanted, page } = readQuery(request.query);
    const users = await listUsers(db, wanted);
    return await reply.page("people/users/list", usersModel(request.viewer, wanted, users, page));
  });

  app.get("/users/new", access, async (_request, reply) => {
    return await show(reply, { typed: {}, problems: {} }, NO_RIGHTS);
  });

  app.post("/users", { ...access, bodyLimit: MAX_RIGHTS_FORM_BYTES }, async (request, reply) => {
    const typed = readForm(NewUserForm, request.body);
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
    if (!invited) return await show(reply.code(422), { typed, problems: { login: LOGIN_TAKEN } }, rights);
    return await flashLink(reply, invited);
  });

  async function show(reply: FastifyReply, form: FilledForm, rights: Rights) {
    const organizations = await listOrganizations(db, "all");
    const model = newUserModel(reply.request.viewer, { ...form, rights, organizations });
    return await reply.page("people/users/new", model);
  }
}

function readQuery(query: unknown) {
  const { q, page } = readForm(UsersQuery, query);
  return { wanted: q.trim().slice(0, MAX_SEARCH_LENGTH), page };
}

function usersModel(viewer: Viewer, wanted: string, users: ListedUser[], page: string) {
  const { t } = viewer;
  const { rows, pages } = paginate(users, page, "/users", { q: wanted });
  return {
    q: wanted,
    isEmpty: users.length === 0,
    isAlone: wanted === "" && users.length === 1,
    users: rows.map((user) => ({
      name: user.name,
      login: user.login,
      isAdministrator: user.isAdministrator,
      url: `/users/${user.id}`,
      state: { name: user.state, text: t(`users.state.${user.state}`) },
      seesNothing: user.organizations === 0 && user.state !== "blocked",
      organizations: organizationsInWords(viewer, user),
    })),
    found: t("users.found", { count: users.length }),
    pages,
  };
}
