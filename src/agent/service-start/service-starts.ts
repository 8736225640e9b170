import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import Type, { type Static } from "typebox";
import { IdempotencyKey, ServiceStartOrder, ServiceStartReport } from "../../protocol/commands.ts";
import { Time } from "../../protocol/field-types.ts";
import { toCommandError } from "../commands/command-failed-error.ts";
import { type Commands, type CommandTask, createCommandsOfKind } from "../commands/commands.ts";
import { createRecordStore } from "../commands/record-store.ts";
import type { AgentConfig } from "../config/config.ts";
import type { ServiceControl } from "../service-control/service-control.ts";
import { startService } from "../service-control/wait-for-service.ts";

const StartRecord = Type.Object({
  key: IdempotencyKey,
  acceptedAt: Time,
  order: ServiceStartOrder,
  phase: Type.Enum(["starting_service", "ended"]),
  report: ServiceStartReport,
});
type StartRecord = Static<typeof StartRecord>;

/** An interrupted start continues after a restart of the agent. */
export function createServiceStarts(
  { stateDirectory, service }: AgentConfig,
  control: ServiceControl,
  logger: FastifyBaseLogger,
): Commands<ServiceStartOrder, ServiceStartReport> {
  async function run({ record, note, signal }: CommandTask<StartRecord>): Promise<void> {
    if (record.phase === "ended") return;
    try {
      await startService({ control, timeoutMs: service.startTimeoutMs, signal, onState: () => {} });
      await note({ phase: "ended", report: { step: "done", error: null } });
    } catch (error) {
      signal.throwIfAborted();
      const failure = toCommandError(error, "start_failed");
      await note({ phase: "ended", report: { step: "failed", error: failure } });
    }
  }

  return createCommandsOfKind<ServiceStartOrder, ServiceStartReport, StartRecord>({
    name: "service start",
    store: createRecordStore(join(stateDirectory, "service-starts"), StartRecord),
    stateDirectory,
    logger,
    begin: (key, order, acceptedAt) => ({
      key,
      acceptedAt,
      order,
      phase: "starting_service",
      report: { step: "starting_service", error: null },
    }),
    run,
    resume: async () => {},
  });
}
