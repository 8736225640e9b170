import {
  DatabaseResetOrder,
  type DatabaseResetReport,
  ServiceStartOrder,
  type ServiceStartReport,
} from "../protocol/commands.ts";
import { explainInvalidReport, type StatusReport } from "../protocol/status-report.ts";
import { apiError } from "./api-error-body.ts";
import { requireToken } from "./authentication.ts";
import { addCommandRoutes } from "./commands/command-routes.ts";
import type { Commands } from "./commands/commands.ts";
import { type LogCallsOptions, logCalls } from "./logs/log-calls.ts";
import type { AgentServer } from "./server.ts";

export interface ApiDependencies {
  posServerId: string;
  token: string;
  readStatus: () => Promise<StatusReport>;
  databaseResets: Commands<DatabaseResetOrder, DatabaseResetReport>;
  serviceStarts: Commands<ServiceStartOrder, ServiceStartReport>;
  logs: LogCallsOptions;
}

/** Adds the calls of the POS status API under `<pathPrefix>/v1`; unknown ones ask for the token too. */
export function addApi(
  server: AgentServer,
  pathPrefix: string,
  { posServerId, token, readStatus, databaseResets, serviceStarts, logs }: ApiDependencies,
): void {
  server.register(
    async (api) => {
      api.addHook("onRequest", requireToken(token));
      api.setNotFoundHandler((_request, reply) =>
        reply.code(404).send(apiError("not_found", "No such call.")),
      );

      api.register(logCalls, logs);
      api.get("/status", async (request, reply) => {
        const report = await readStatus();
        const problem = explainInvalidReport(report);
        if (problem === null) return reply.header("cache-control", "no-store").send(report);
        request.log.error({ problem }, "the status is not a valid report");
        return reply
          .code(500)
          .send(apiError("invalid_report", `The agent's own report is not valid: ${problem}`));
      });

      addCommandRoutes(api, {
        path: "/database-resets",
        order: DatabaseResetOrder,
        posServerId,
        commands: databaseResets,
      });
      addCommandRoutes(api, {
        path: "/service-starts",
        order: ServiceStartOrder,
        posServerId,
        commands: serviceStarts,
      });
    },
    { prefix: `${pathPrefix}/v1` },
  );
}
