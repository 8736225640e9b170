import { join } from "node:path";
import type { CommandTask } from "../commands/commands.ts";
import type { DatabaseConfig } from "../config/config.ts";
import type { ServiceConfig } from "../config/service-config.ts";
import { exists } from "../files/move-file.ts";
import type { ServiceControl } from "../service-control/service-control.ts";
import type { ServiceWait } from "../service-control/wait-for-service.ts";
import type { ResetRecord } from "./reset-record.ts";

export interface ResetTask extends CommandTask<ResetRecord> {
  stateDirectory: string;
  database: DatabaseConfig;
  service: ServiceConfig;
  control: ServiceControl;
}

/** How a wait for the service is done in a reset: the report tells the state meanwhile. */
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

/** Where this reset puts the database. */
export function quarantineFolder({ database, record }: ResetTask): string {
  return join(database.quarantineDirectory, record.quarantine ?? "");
}

/** Which files of the old database lie in quarantine now. */
export async function filesInQuarantine(task: ResetTask): Promise<ResetRecord["files"]> {
  const folder = quarantineFolder(task);
  const inQuarantine = await Promise.all(task.record.files.map(({ name }) => exists(join(folder, name))));
  return task.record.files.filter((_file, index) => inQuarantine[index]);
}
