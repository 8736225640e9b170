import { configTexts } from "../texts/config-texts.ts";
import type { AgentConfigFile } from "./config-schema.ts";

/** `start` and `stop` may be missing. */
export type ServiceCommands = NonNullable<AgentConfigFile["service"]["commands"]>;

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
  return { ...common, control, commands };
}
