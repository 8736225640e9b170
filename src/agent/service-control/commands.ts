import type { ServiceState } from "../../protocol/status-report.ts";
import type { ServiceCommands } from "../config/service-config.ts";
import { describeFailure, runCommand } from "../machine/run-command.ts";
import { runControlCommand } from "./run-control-command.ts";
import type { ServiceControl } from "./service-control.ts";

const STATE_ORDER = ["not_installed", "starting", "stopping", "running", "stopped"] as const;

/** Controls a service through the commands of the configuration; their output tells the state, not the exit code. */
export function createCommandControl(
  names: readonly string[],
  commands: ServiceCommands,
  timeoutMs: number,
): ServiceControl {
  return {
    async status() {
      const { output } = await runCommand(commands.status, timeoutMs);
      return { name: names[0] ?? "", ...parseStatusOutput(output, commands), processId: null };
    },
    account: async () => null,
    start: () => runConfigured("start", commands.start),
    stop: () => runConfigured("stop", commands.stop),
  };
}

async function runConfigured(verb: "start" | "stop", commandLine: string[] | null): Promise<void> {
  if (!commandLine) throw new Error(`service.commands.${verb} is not configured`);
  const result = await runControlCommand(commandLine);
  if (result.exitCode !== 0) throw new Error(describeFailure(commandLine[0] ?? "", result));
}

/** Finds the state whose pattern matches, `unknown` otherwise, and the start time. */
export function parseStatusOutput(
  output: string,
  commands: Pick<ServiceCommands, "statePatterns" | "startedAtPattern">,
): { state: ServiceState; startedAt: number | null } {
  const state = STATE_ORDER.find((name) => commands.statePatterns[name].test(output)) ?? "unknown";
  const startedAt = Date.parse(commands.startedAtPattern.exec(output)?.[1] ?? "");
  return { state, startedAt: Number.isNaN(startedAt) ? null : startedAt };
}
