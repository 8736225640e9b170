import type { FastifyInstance } from "fastify";
import { sendExport } from "../excel/send-export.ts";
import type { PosServerExportQuery } from "./export-worker.ts";
import { filterUrl, parseFilter, type RawQuery } from "./filter.ts";

const MODULE = new URL("./export-worker.ts", import.meta.url);

/** `/pos-servers.xlsx`: the table of `/pos-servers` with the same query, all pages of it. */
export async function exportPosServersRoutes(app: FastifyInstance): Promise<void> {
  app.get<{ Querystring: RawQuery }>(
    "/pos-servers.xlsx",
    { config: { access: "outlet_setup" }, exposeHeadRoute: false },
    async (request, reply) => {
      const filter = { ...parseFilter(request.query).filter, page: 1 };
      const { requiredVersion } = await app.fleet.stateRules();
      const commonFailures = await app.fleet.commonFailures();
      const query: PosServerExportQuery = { filter, requiredVersion, commonFailures };
      const pageUrl = filterUrl(filter);
      return await sendExport(
        request,
        reply,
        { table: "posServers", module: MODULE, query, pageUrl },
        app.clock(),
      );
    },
  );
}
