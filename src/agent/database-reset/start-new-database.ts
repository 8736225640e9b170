import { toCommandError } from "../commands/command-failed-error.ts";
import { startService } from "../service-control/wait-for-service.ts";
import { type ResetTask, serviceWait } from "./reset-task.ts";

/** Starts the service if asked; it makes a new database by itself. */
export async function startNewDatabase(task: ResetTask): Promise<void> {
  const { note, record, service, signal } = task;
  try {
    if (record.order.startService) await startService(serviceWait(task, service.startTimeoutMs));
  } catch (error) {
    signal.throwIfAborted();
    const failure = toCommandError(error, "start_failed");
    return note({
      phase: "writing_manifest",
      report: { ...record.report, step: "failed", error: failure },
    });
  }
  return note({ phase: "writing_manifest", report: { ...record.report, step: "done" } });
}
