import { configTexts } from "../texts/config-texts.ts";
import type { AgentConfigFile } from "./config-schema.ts";

export interface ServiceCommands {
  status: string[];
  start: string[] | null;
  stop: string[] | null;
}

export type ServiceControlConfig = { names: string[]; timeoutMs: number } & (
  | { control: "windows" | "systemd" }
  | { control: "commands"; commands: ServiceCommands }
);

export type ServiceConfig = ServiceControlConfig & { stopTimeoutMs: number; startTimeoutMs: number };

/** @param profileNames the service's names when the configuration has none. */
export function parseServiceConfig(
  service: AgentConfigFile["service"],
  profileNames: string[],
  problems: string[],
): ServiceConfig {
  const { control, commands, timeoutMs, stopTimeoutMs, startTimeoutMs } = service;
  const common = { names: service.names ?? profileNames, timeoutMs, stopTimeoutMs, startTimeoutMs };
  if (common.names.length === 0)
    problems.push(configTexts.problem("/service/names", configTexts.serviceNamesMissing));
  if (control !== "commands") return { ...common, control };
  if (!commands) {
    problems.push(configTexts.problem("/service/commands", configTexts.serviceCommandsMissing));
    return { ...common, control: "systemd" };
  }
  const { status, start = null, stop = null } = commands;
  return { ...common, control, commands: { status, start, stop } };
}
