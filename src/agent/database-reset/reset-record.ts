import { join } from "node:path";
import Type, { type Static } from "typebox";
import {
  CommandError,
  DatabaseResetOrder,
  DatabaseResetReport,
  IdempotencyKey,
} from "../../protocol/commands.ts";
import { Bytes, Nullable, Time } from "../../protocol/field-types.ts";
import type { CommandTask } from "../commands/commands.ts";
import { createRecordStore, type RecordStore } from "../commands/record-store.ts";
import type { DatabaseConfig } from "../config/config.ts";
import type { ServiceConfig } from "../config/config-schema.ts";
import { exists } from "../files/files.ts";
import type { ServiceControl } from "../service-control/service-control.ts";
import type { ServiceWait } from "../service-control/wait-for-service.ts";

const ResetPhase = Type.Enum([
  "stopping_service",
  "moving_database",
  "moving_back",
  "restoring_service",
  "starting_service",
  "writing_manifest",
  "ended",
]);

export type ResetPhase = Static<typeof ResetPhase>;

export const ResetRecord = Type.Object({
  key: IdempotencyKey,
  acceptedAt: Time,
  order: DatabaseResetOrder,
  phase: ResetPhase,
  /** Whether the service is to run again if the reset is undone. */
  wasRunning: Type.Boolean(),
  quarantine: Nullable(Type.String()),
  /** The files before the first is moved; a new file with the same name has another `key`. */
  files: Type.Array(Type.Object({ name: Type.String(), key: Type.String(), bytes: Bytes })),
  failure: Nullable(CommandError),
  report: DatabaseResetReport,
});
export type ResetRecord = Static<typeof ResetRecord>;

export function beginReset(key: string, order: DatabaseResetOrder, acceptedAt: string): ResetRecord {
  return {
    key,
    acceptedAt,
    order,
    phase: "stopping_service",
    wasRunning: false,
    quarantine: null,
    files: [],
    failure: null,
    report: { step: "stopping_service", error: null, resetAt: null, movedFiles: [], service: null },
  };
}

export function createResetStore(stateDirectory: string): RecordStore<ResetRecord> {
  return createRecordStore(join(stateDirectory, "database-resets"), ResetRecord);
}

export async function hasUnfinishedReset(stateDirectory: string): Promise<boolean> {
  const store = createResetStore(stateDirectory);
  for (const key of await store.list()) {
    if ((await store.read(key))?.phase !== "ended") return true;
  }
  return false;
}

export interface ResetTask extends CommandTask<ResetRecord> {
  stateDirectory: string;
  database: DatabaseConfig;
  service: ServiceConfig;
  control: ServiceControl;
}

export function serviceWait({ control, signal, record }: ResetTask, timeoutMs: number): ServiceWait {
  return {
    control,
    timeoutMs,
    signal,
    onState: (state) => {
      record.report.service = state;
    },
  };
}

export function quarantineFolder({ database, record }: ResetTask): string {
  return join(database.quarantineDirectory, record.quarantine ?? "");
}

export async function filesInQuarantine(task: ResetTask): Promise<ResetRecord["files"]> {
  const folder = quarantineFolder(task);
  const inQuarantine = await Promise.all(task.record.files.map(({ name }) => exists(join(folder, name))));
  return task.record.files.filter((_file, index) => inQuarantine[index]);
}
