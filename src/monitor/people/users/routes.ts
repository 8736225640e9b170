import type { FastifyInstance } from "fastify";
import { textFields } from "../../forms/fields.ts";
import { findNameProblem, normalizeLogin } from "../users.ts";
import { invitationRoutes } from "./invitation-routes.ts";
import { createInvitedUser } from "./invitations.ts";
import { listUsers } from "./list-users.ts";
import { rightsRoutes } from "./rights-routes.ts";
import { showLink } from "./show-link.ts";
import { userRoutes } from "./user-routes.ts";

const MAX_SEARCH_LENGTH = 200;

export interface UserRouteOptions {
  clock: () => number;
}

/** `/users`: the list, new users, each user's page; `/invitations/:token`: where they set their password. */
export async function usersRoutes(app: FastifyInstance, options: UserRouteOptions): Promise<void> {
  const { clock } = options;
  const { db } = app.database;
  await app.register(userRoutes, options);
  await app.register(rightsRoutes, options);
  await app.register(invitationRoutes, options);

  app.get("/users", { config: { access: "administrator" } }, async (request, reply) => {
    const { page } = textFields(request.query, ["page"]);
    const wanted = wantedUsers(request.query);
    const listing = await listUsers(db, wanted, /^[1-9]\d{0,6}$/.test(page) ? Number(page) : 1);
    return await reply.page("people/users/list", {
      ...listing,
      q: wanted,
      pageUrl: (page: number) => usersUrl("/users", wanted, page),
      excelUrl: usersUrl("/users.xlsx", wanted),
    });
  });

  app.get("/users/new", { config: { access: "administrator" } }, async (_request, reply) => {
    return await reply.page("people/users/new", { typed: { login: "", name: "" }, problems: {} });
  });

  app.post("/users", { config: { access: "administrator" } }, async (request, reply) => {
    const typed = textFields(request.body, ["login", "name"]);
    const login = normalizeLogin(typed.login);
    const name = typed.name.trim();
    const nameProblem = findNameProblem(name);
    if (!login || nameProblem) {
      const problems = {
        ...(!login && { login: "user.problem.login" }),
        ...(nameProblem && { name: nameProblem }),
      };
      return await reply.code(422).page("people/users/new", { typed, problems });
    }

    const user = { login, name, isAdministrator: false };
    const invited = await createInvitedUser(db, request.actor(), user, clock());
    if (!invited) {
      const problems = { login: "users.problem.loginTaken" };
      return await reply.code(422).page("people/users/new", { typed, problems });
    }
    return await showLink(request, reply, invited);
  });
}

/** What login or name are to contain. */
export function wantedUsers(query: unknown): string {
  return textFields(query, ["q"]).q.trim().slice(0, MAX_SEARCH_LENGTH);
}

export function usersUrl(path: "/users" | "/users.xlsx", q: string, page = 1): string {
  const query = new URLSearchParams({ ...(q && { q }), ...(page > 1 && { page: String(page) }) });
  return query.size > 0 ? `${path}?${query}` : path;
}
