import type { FastifyInstance } from "fastify";
import { sendExport } from "../../excel/send-export.ts";
import type { UserExportQuery } from "./export-worker.ts";
import { usersUrl, wantedUsers } from "./list-model.ts";

const MODULE = new URL("./export-worker.ts", import.meta.url);

/** `/users.xlsx`: the list of `/users` with the same query, all pages of it, and who has which rights. */
export async function exportUsersRoutes(app: FastifyInstance): Promise<void> {
  app.get(
    "/users.xlsx",
    { config: { access: "administrator" }, exposeHeadRoute: false },
    async (request, reply) => {
      const wanted = wantedUsers(request.query);
      const query: UserExportQuery = { wanted };
      const pageUrl = usersUrl("/users", wanted);
      return await sendExport(
        request,
        reply,
        { table: "users", module: MODULE, query, pageUrl },
        app.clock(),
      );
    },
  );
}
