import type { ServiceState } from "../../protocol/status-report.ts";
import type { ServiceConfig } from "../config.ts";
import type { ProblemLog } from "../problem-log.ts";
import { createCommandControl } from "./commands.ts";
import { createSystemdControl } from "./systemd.ts";
import { createWindowsControl } from "./windows.ts";

export interface ServiceStatus {
  name: string;
  state: ServiceState;
  /** ms UTC; null when it does not run or the system does not say. */
  startedAt: number | null;
}

/** The service of the POS server, however this system controls it. */
export interface ServiceControl {
  /** @throws with the reason when the system cannot be asked. */
  status(): Promise<ServiceStatus>;
}

export function createServiceControl(config: ServiceConfig, problems: ProblemLog): ServiceControl {
  switch (config.control) {
    case "windows":
      return createWindowsControl(config.names, config.timeoutMs, problems);
    case "systemd":
      return createSystemdControl(config.names, config.timeoutMs);
    case "commands":
      return createCommandControl(config.names, config.commands, config.timeoutMs);
  }
}
