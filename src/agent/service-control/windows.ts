import type { ServiceState } from "../../protocol/status-report.ts";
import { askHost } from "../machine/ask-host.ts";
import { describeFailure, runCommand } from "../machine/run-command.ts";
import { hostProgram } from "../machine/service-host.ts";
import type { ServiceControl } from "./service-control.ts";

const ALREADY_RUNNING = 1056;
const NOT_STARTED = 1062;
/** It is starting or stopping. */
const CANNOT_TAKE_CONTROLS_NOW = 1061;
/** A start or stop takes longer than a query: sc.exe waits for the program to report. */
export const CONTROL_TIMEOUT_MS = 60_000;

const STATES: Record<number, ServiceState> = {
  0: "not_installed",
  1: "stopped",
  2: "starting",
  3: "stopping",
  4: "running",
  5: "starting",
  6: "stopping",
  // A paused service does no exchange either.
  7: "stopped",
};

/** The native host tells of the first installed service; sc.exe starts and stops. */
export function createWindowsControl(
  names: readonly string[],
  timeoutMs: number,
  host = hostProgram(),
): ServiceControl {
  async function ask() {
    if (host === null)
      throw new Error("only an installed agent can ask Windows; any other one needs service.commands");
    return await askHost(host, names, timeoutMs);
  }

  return {
    async status() {
      const { name, state, startedAt, processId } = await ask();
      return { name, state: STATES[state] ?? "unknown", startedAt, processId };
    },
    account: async () => (await ask()).account,
    start: (name) => controlService("start", name, [ALREADY_RUNNING]),
    stop: (name) => controlService("stop", name, [NOT_STARTED, CANNOT_TAKE_CONTROLS_NOW]),
  };
}

async function controlService(verb: "start" | "stop", name: string, fineCodes: number[]): Promise<void> {
  const result = await runCommand(["sc.exe", verb, name], CONTROL_TIMEOUT_MS);
  const code = readErrorCode(result.exitCode, result.output);
  if (code !== 0 && !fineCodes.includes(code)) throw new Error(describeFailure("sc.exe", result));
}

/** The code in `[SC] StartService FAILED 1056:`, in any language, or the exit code; 0 = none. */
function readErrorCode(exitCode: number, output: string): number {
  const printed = /^\[SC\][^\r\n]*?(\d+):[ \t]*\r?$/m.exec(output)?.[1];
  return printed === undefined ? exitCode : Number(printed);
}
