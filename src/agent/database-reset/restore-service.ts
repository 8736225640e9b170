import { errorText } from "../../protocol/error-text.ts";
import { startService } from "../service-control/wait-for-service.ts";
import { type ResetTask, serviceWait } from "./reset-task.ts";

/**
 * Ends a reset that changed nothing: a service that ran before runs again. One that is still stopping is left alone, and
 * so is one whose database is not back.
 */
export async function restoreService(task: ResetTask): Promise<void> {
  const { note, record, service, signal, logger } = task;
  let { failure } = record;
  const isDatabaseBack = record.report.movedFiles.length === 0;
  try {
    const { state } = await task.control.status();
    record.report.service = state;
    if (record.wasRunning && isDatabaseBack && state === "stopped")
      await startService(serviceWait(task, service.startTimeoutMs));
  } catch (error) {
    signal.throwIfAborted();
    logger.error({ err: error }, "service cannot be started again");
    const notStarted = `the service cannot be started again: ${errorText(error)}`;
    failure = failure && { ...failure, message: `${failure.message}; ${notStarted}` };
  }
  await note({ phase: "writing_manifest", report: { ...record.report, step: "failed", error: failure } });
}
