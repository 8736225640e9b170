import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import Type, { type Static } from "typebox";
import { IdempotencyKey, ServiceStartOrder, ServiceStartReport } from "../../protocol/commands.ts";
import { Time } from "../../protocol/field-types.ts";
import { CommandFailedError, toCommandError } from "../commands/command-failed-error.ts";
import { type Commands, type CommandTask, createCommandsOfKind } from "../commands/commands.ts";
import { createRecordStore } from "../commands/record-store.ts";
import type { AgentConfig } from "../config/config.ts";
import { missingServiceCommands, type ServiceControl } from "../service-control/service-control.ts";
import { startService, stopService } from "../service-control/wait-for-service.ts";

const StartRecord = Type.Object({
  key: IdempotencyKey,
  acceptedAt: Time,
  order: ServiceStartOrder,
  phase: Type.Enum(["stopping_service", "starting_service", "ended"]),
  report: ServiceStartReport,
});
type StartRecord = Static<typeof StartRecord>;

interface ServiceStartsOptions {
  config: AgentConfig;
  control: ServiceControl;
  logger: FastifyBaseLogger;
  /** A restart: the service is stopped first. */
  stopsFirst: boolean;
}

/** Starts, or restarts. An interrupted start continues after a restart of the agent. */
export function createServiceStarts({
  config: { stateDirectory, service },
  control,
  logger,
  stopsFirst,
}: ServiceStartsOptions): Commands<ServiceStartOrder, ServiceStartReport> {
  const start = (signal: AbortSignal) => startService({ control, timeoutMs: service.startTimeoutMs, signal });

  async function run({ record, note, signal }: CommandTask<StartRecord>): Promise<void> {
    if (record.phase === "ended") return;
    try {
      if (record.phase === "stopping_service") {
        await stop(signal);
        await note({ phase: "starting_service", report: { step: "starting_service", error: null } });
      }
      await start(signal);
      const { error = null } = record.report;
      await note({ phase: "ended", report: { step: error ? "failed" : "done", error } });
    } catch (error) {
      signal.throwIfAborted();
      const failure = toCommandError(error, "start_failed");
      await note({ phase: "ended", report: { step: "failed", error: failure } });
    }
  }

  /** A service that stops only after its time is started all the same: tills wait for it. */
  async function stop(signal: AbortSignal): Promise<void> {
    const [missing] = missingServiceCommands(service, ["stop", "start"]);
    if (missing) throw new CommandFailedError("stop_failed", `${missing} is not configured`);
    try {
      await stopService({ control, timeoutMs: service.stopTimeoutMs, signal });
    } catch (error) {
      await start(signal).catch(() => undefined);
      throw error;
    }
  }

  const firstStep = stopsFirst ? "stopping_service" : "starting_service";
  return createCommandsOfKind<ServiceStartOrder, ServiceStartReport, StartRecord>({
    name: stopsFirst ? "service restart" : "service start",
    store: createRecordStore(
      join(stateDirectory, stopsFirst ? "service-restarts" : "service-starts"),
      StartRecord,
    ),
    stateDirectory,
    logger,
    begin: (key, order, acceptedAt) => ({
      key,
      acceptedAt,
      order,
      phase: firstStep,
      report: { step: firstStep, error: null },
    }),
    run,
    resume: async ({ record, note }) => {
      if (record.phase !== "stopping_service") return;
      // Nobody may expect it any more: it may have stopped, so it is started, but not stopped again.
      const error = { error: "interrupted", message: "the agent ended while it stopped the service" };
      await note({ phase: "starting_service", report: { step: "starting_service", error } });
    },
  });
}
