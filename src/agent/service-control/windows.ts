import { errorText } from "../../protocol/error-text.ts";
import type { ServiceState } from "../../protocol/status-report.ts";
import { askHost } from "../machine/ask-host.ts";
import type { ProblemLog } from "../machine/problem-log.ts";
import { describeFailure, runCommand } from "../machine/run-command.ts";
import { hostProgram } from "../machine/service-host.ts";
import { firstInstalled, runControlCommand } from "./service-commands.ts";
import type { ServiceControl } from "./service-control.ts";

const NOT_INSTALLED = 1060;
const ALREADY_RUNNING = 1056;
const NOT_STARTED = 1062;
/** It is starting or stopping. */
const CANNOT_TAKE_CONTROLS_NOW = 1061;
const PROCESS_START_TIMEOUT_MS = 30_000;
// sc.exe translates its labels, never the numbers or the order of the lines.
const FIELD = /^[ \t]+\S[^:\r\n]*:[ \t]*(.*)$/gm;
const STATE_FIELD = 1;
const PROCESS_ID_FIELD = 6;

const STATES: Record<string, ServiceState> = {
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

interface QueriedService {
  state: ServiceState;
  processId: number | null;
}

export function createWindowsControl(
  names: readonly string[],
  timeoutMs: number,
  problems: ProblemLog,
): ServiceControl {
  const host = hostProgram();
  return {
    ...(host === null ? askCommands(names, timeoutMs, problems) : askThroughHost(host, names, timeoutMs)),
    start: (name) => controlService("start", name, [ALREADY_RUNNING]),
    stop: (name) => controlService("stop", name, [NOT_STARTED, CANNOT_TAKE_CONTROLS_NOW]),
  };
}

type ServiceQueries = Pick<ServiceControl, "status" | "account">;

function askThroughHost(host: string, names: readonly string[], timeoutMs: number): ServiceQueries {
  return {
    async status() {
      const { name, state, startedAt, processId } = await askHost(host, names, timeoutMs);
      return { name, state: STATES[state] ?? "unknown", startedAt, processId };
    },
    account: async () => (await askHost(host, names, timeoutMs)).account,
  };
}

/** The start time is asked for once per process, for the next call: PowerShell may start more slowly than the monitor waits. */
function askCommands(names: readonly string[], timeoutMs: number, problems: ProblemLog): ServiceQueries {
  let current: { processId: number; startedAt: number | null } | null = null;

  function startTimeOf(processId: number): number | null {
    if (current?.processId !== processId) {
      current = { processId, startedAt: null };
      void lookUpStartTime(current);
    }
    return current.startedAt;
  }

  async function lookUpStartTime(process: { processId: number; startedAt: number | null }): Promise<void> {
    try {
      process.startedAt = await readProcessStart(process.processId);
      problems.set("service start time", null);
    } catch (error) {
      problems.set("service start time", errorText(error));
    }
  }

  return {
    status: () =>
      firstInstalled(names, async (name) => {
        const { exitCode, output } = await runCommand(["sc.exe", "queryex", name], timeoutMs);
        const { state, processId } = parseServiceQuery(exitCode, output);
        return { name, state, startedAt: processId === null ? null : startTimeOf(processId), processId };
      }),
    async account() {
      for (const name of names) {
        const { exitCode, output } = await runCommand(["sc.exe", "qc", name], timeoutMs);
        if (parseServiceError(exitCode, output) === 0) return parseServiceAccount(output);
      }
      return null;
    },
  };
}

async function controlService(verb: "start" | "stop", name: string, fineCodes: number[]): Promise<void> {
  const result = await runControlCommand(["sc.exe", verb, name]);
  const code = parseServiceError(result.exitCode, result.output);
  if (code !== 0 && !fineCodes.includes(code)) throw new Error(describeFailure("sc.exe", result));
}

/** The code in `[SC] StartService FAILED 1056:`, in any language, or the exit code; 0 = none. */
export function parseServiceError(exitCode: number, output: string): number {
  const printed = /^\[SC\][^\r\n]*?(\d+):[ \t]*\r?$/m.exec(output)?.[1];
  return printed === undefined ? exitCode : Number(printed);
}

/** Reads the output of `sc.exe queryex NAME`, in any language. */
export function parseServiceQuery(exitCode: number, output: string): QueriedService {
  if (parseServiceError(exitCode, output) === NOT_INSTALLED)
    return { state: "not_installed", processId: null };
  if (exitCode !== 0) throw new Error(describeFailure("sc.exe", { exitCode, output }));
  const fields = [...output.matchAll(FIELD)].map((match) => Number.parseInt(match[1] ?? "", 10));
  const processId = fields[PROCESS_ID_FIELD];
  return {
    state: STATES[String(fields[STATE_FIELD])] ?? "unknown",
    processId: processId !== undefined && processId > 0 ? processId : null,
  };
}

/** Reads the last field of the output of `sc.exe qc NAME`, in any language. */
function parseServiceAccount(output: string): string | null {
  return [...output.matchAll(FIELD)].at(-1)?.[1]?.trim() || null;
}

async function readProcessStart(processId: number): Promise<number> {
  const script = `(Get-Process -Id ${processId}).StartTime.ToUniversalTime().ToString('o')`;
  const commandLine = ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", script];
  const { output } = await runCommand(commandLine, PROCESS_START_TIMEOUT_MS);
  const startedAt = parseProcessStart(output);
  if (startedAt === null) throw new Error(`powershell.exe did not tell it: ${output.trim().slice(0, 200)}`);
  return startedAt;
}

/** Reads .NET's round-trip time `2026-11-20T05:00:11.1234567Z`; null when there is none. */
export function parseProcessStart(output: string): number | null {
  const time = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?/.exec(output)?.[0];
  return time ? Date.parse(`${time}Z`) : null;
}
