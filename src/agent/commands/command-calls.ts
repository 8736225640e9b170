import type { FastifyInstance } from "fastify";
import {
  DatabaseResetOrder,
  type DatabaseResetReport,
  ServiceStartOrder,
  type ServiceStartReport,
} from "../../protocol/commands.ts";
import { addCommandRoutes } from "./command-routes.ts";
import type { Commands } from "./commands.ts";

export interface CommandCallsOptions {
  posServerId: string;
  databaseResets: Commands<DatabaseResetOrder, DatabaseResetReport>;
  serviceStarts: Commands<ServiceStartOrder, ServiceStartReport>;
}

/** The calls of `/database-resets` and `/service-starts`. */
export async function commandCalls(
  api: FastifyInstance,
  { posServerId, databaseResets, serviceStarts }: CommandCallsOptions,
): Promise<void> {
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
}
