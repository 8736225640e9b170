import type { Pattern } from "../../protocol/pattern.ts";
import { configTexts } from "../texts/config-texts.ts";
import type { AgentConfigFile } from "./config-schema.ts";
import { compileValuePattern } from "./value-source.ts";

export interface ServiceCommands {
  status: string[];
  statePatterns: Record<"running" | "stopped" | "starting" | "stopping" | "not_installed", Pattern>;
  startedAtPattern: Pattern;
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
  const { startedAt, ...states } = commands.patterns;
  const compile = (name: string, pattern: string) =>
    compileValuePattern(`/service/commands/patterns/${name}`, pattern, problems);
  const state = (name: keyof typeof states) => compile(name, states[name]);
  return {
    ...common,
    control,
    commands: {
      status: commands.status,
      start: commands.start ?? null,
      stop: commands.stop ?? null,
      statePatterns: {
        running: state("running"),
        stopped: state("stopped"),
        starting: state("starting"),
        stopping: state("stopping"),
        not_installed: state("not_installed"),
      },
      startedAtPattern: compile("startedAt", startedAt),
    },
  };
}
