import type { FastifyBaseLogger } from "fastify";
import type { DatabaseResetOrder, DatabaseResetReport } from "../../protocol/commands.ts";
import { type Commands, type CommandTask, createCommandsOfKind } from "../commands/commands.ts";
import type { AgentConfig } from "../config/config.ts";
import type { ServiceControl } from "../service-control/service-control.ts";
import { beginReset, createResetStore, type ResetRecord } from "./reset-record.ts";
import { resumeReset, runReset } from "./run-reset.ts";

/** The resets of this POS server's database; journals and answers lie in the state folder. */
export function createDatabaseResets(
  { stateDirectory, database, service }: AgentConfig,
  control: ServiceControl,
  logger: FastifyBaseLogger,
): Commands<DatabaseResetOrder, DatabaseResetReport> {
  const toTask = (task: CommandTask<ResetRecord>) => ({
    ...task,
    stateDirectory,
    database,
    service,
    control,
  });
  return createCommandsOfKind<DatabaseResetOrder, DatabaseResetReport, ResetRecord>({
    name: "database reset",
    store: createResetStore(stateDirectory),
    stateDirectory,
    logger,
    begin: beginReset,
    run: (task) => runReset(toTask(task)),
    resume: (task) => resumeReset(toTask(task)),
  });
}
