import type { ServiceState } from "../../protocol/status-report.ts";
import { CommandFailedError, toCommandError } from "../commands/command-failed-error.ts";
import { findDatabaseFiles } from "../database/database-files.ts";
import { releaseDatabase } from "../database/release-database.ts";
import { checkMovable } from "../quarantine/check-movable.ts";
import { quarantineName } from "../quarantine/quarantine-folder.ts";
import { missingServiceCommands } from "../service-control/service-control.ts";
import { stopService } from "../service-control/wait-for-service.ts";
import { type ResetTask, serviceWait } from "./reset-task.ts";

/** Stops the service and waits until every file of the database is closed; nothing is moved yet. */
export async function stopForReset(task: ResetTask): Promise<void> {
  const { advance, note, database, service, signal, record } = task;
  try {
    const state = await checkBeforehand(task);
    await advance({
      wasRunning: state === "running" || state === "starting",
      report: { ...record.report, service: state },
    });
    await stopService(serviceWait(task, service.stopTimeoutMs));
    const files = await releaseDatabase(database, signal);
    await advance({
      phase: "moving_database",
      quarantine: quarantineName(Date.now()),
      files: files.map(({ name, key, bytes }) => ({ name, key, bytes })),
      report: { ...record.report, step: "moving_database" },
    });
  } catch (error) {
    signal.throwIfAborted();
    await note({ phase: "restoring_service", failure: toCommandError(error, "move_failed") });
  }
}

/** Lets fail while the service still runs what would fail later. @returns the state of the service. */
async function checkBeforehand({ database, service, control, record }: ResetTask): Promise<ServiceState> {
  const files = await findDatabaseFiles(database);
  if (files.length === 0)
    throw new CommandFailedError("no_database", `no ${database.files.join(" ")} in ${database.directory}`);
  await checkMovable(database, files);
  const { name, state } = await control.status().catch((error: Error) => {
    throw new CommandFailedError("stop_failed", error.message, { cause: error });
  });
  if (state === "not_installed")
    throw new CommandFailedError("service_not_installed", `there is no service ${name}`);
  const verbs = {
    stop: state !== "stopped",
    start: record.order.startService,
  };
  for (const verb of ["stop", "start"] as const) {
    const [missing] = verbs[verb] ? missingServiceCommands(service, [verb]) : [];
    if (missing) throw new CommandFailedError(`${verb}_failed`, `${missing} is not configured`);
  }
  return state;
}
