import type { ServiceState } from "../../protocol/status-report.ts";
import type { ServiceControlConfig } from "../config/service-config.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { createCommandControl } from "./commands.ts";
import { createSystemdControl } from "./systemd.ts";
import { createWindowsControl } from "./windows.ts";

export interface ServiceStatus {
  name: string;
  state: ServiceState;
  /** ms UTC; null when it does not run or the system does not say. */
  startedAt: number | null;
  /** null when none is left, or the system only calls a service stopped when none is. */
  processId: number | null;
}

/** The service of the POS server, however this system controls it. */
export interface ServiceControl {
  /** @throws with the reason when the system cannot be asked. */
  status(): Promise<ServiceStatus>;
  /** The account that the service runs under; null when the system does not tell. @throws likewise. */
  account(): Promise<string | null>;
  /** Asks the system to start a service, and does not wait until it runs. @throws with the reason when it refuses. */
  start(name: string): Promise<void>;
  /** Asks the system to stop a service, and does not wait until it has. @throws with the reason when it refuses. */
  stop(name: string): Promise<void>;
}

export function createServiceControl(config: ServiceControlConfig, problems: ProblemLog): ServiceControl {
  switch (config.control) {
    case "windows":
      return createWindowsControl(config.names, config.timeoutMs, problems);
    case "systemd":
      return createSystemdControl(config.names, config.timeoutMs);
    case "commands":
      return createCommandControl(config.names, config.commands, config.timeoutMs);
  }
}

/** The settings that are missing for the agent to start or stop the service. */
export function missingServiceCommands(config: ServiceControlConfig, verbs: ("start" | "stop")[]): string[] {
  if (config.control !== "commands") return [];
  return verbs.filter((verb) => config.commands[verb] === null).map((verb) => `service.commands.${verb}`);
}
