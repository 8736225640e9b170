import type { FastifyInstance } from "fastify";
import { textFields } from "../../forms/fields.ts";
import { usersModel, wantedUsers } from "./list-model.ts";
import { listUsers } from "./list-users.ts";

/** `/users`: the list. */
export async function listUsersRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get("/users", { config: { access: "administrator" } }, async (request, reply) => {
    const { page } = textFields(request.query, ["page"]);
    const wanted = wantedUsers(request.query);
    const listing = await listUsers(db, wanted, /^[1-9]\d{0,6}$/.test(page) ? Number(page) : 1);
    return await reply.page("people/users/list", usersModel(request.viewer, wanted, listing));
  });
}
