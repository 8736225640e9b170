import type { ServiceState } from "../../protocol/status-report.ts";
import type { ServiceCommands, ServiceControlConfig } from "../config/config-schema.ts";
import { askHost } from "../machine/ask-host.ts";
import { describeFailure, runCommand } from "../machine/run-command.ts";
import { hostProgram } from "../machine/service-host.ts";

/** What a command that tells the state prints. */
const PRINTED =
  /^\s*(?<state>running|stopped|starting|stopping|not_installed)\b(?:\s+since\s+(?<since>\S+))?/i;
const PROPERTIES = "LoadState,ActiveState,ActiveEnterTimestamp";
const STATES: Record<string, ServiceState> = {
  active: "running",
  reloading: "running",
  refreshing: "running",
  inactive: "stopped",
  failed: "stopped",
  activating: "starting",
  deactivating: "stopping",
};
const ALREADY_RUNNING = 1056;
const NOT_STARTED = 1062;
/** It is starting or stopping. */
const CANNOT_TAKE_CONTROLS_NOW = 1061;
const WINDOWS_STATES: Record<number, ServiceState> = {
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

export interface ServiceStatus {
  name: string;
  state: ServiceState;
  /** ms UTC; null when it does not run or the system does not say. */
  startedAt: number | null;
  /** null when no process is left, or when the system never calls a service stopped before its process ends. */
  processId: number | null;
}

export interface ServiceControl {
  /** @throws with the reason when the system cannot be asked. */
  status(): Promise<ServiceStatus>;
  /** The account that the service runs under; null when unknown. @throws like `status`. */
  account(): Promise<string | null>;
  /** Does not wait until it runs. @throws with the reason when the system refuses. */
  start(name: string): Promise<void>;
  /** Does not wait until it has stopped. @throws with the reason when the system refuses. */
  stop(name: string): Promise<void>;
}

export function createServiceControl(config: ServiceControlConfig): ServiceControl {
  switch (config.control) {
    case "windows":
      return createWindowsControl(config.names, config.timeoutMs);
    case "systemd":
      return createSystemdControl(config.names, config.timeoutMs);
    case "commands":
      return createCommandControl(config.names, config.commands, config.timeoutMs);
  }
}

/** Names of the settings without which the agent cannot start or stop the service. */
export function missingServiceCommands(config: ServiceControlConfig, verbs: ("start" | "stop")[]): string[] {
  if (config.control !== "commands") return [];
  return verbs
    .filter((verb) => config.commands[verb] === undefined)
    .map((verb) => `service.commands.${verb}`);
}

/** Reads the state from the commands' output, not from the exit code. */
function createCommandControl(
  names: readonly string[],
  commands: ServiceCommands,
  timeoutMs: number,
): ServiceControl {
  return {
    async status() {
      const { output } = await runCommand(commands.status, timeoutMs);
      return { name: names[0] ?? "", ...parseStatusOutput(output), processId: null };
    },
    account: async () => null,
    start: () => runConfigured("start", commands.start),
    stop: () => runConfigured("stop", commands.stop),
  };
}

async function runConfigured(verb: "start" | "stop", commandLine: string[] | undefined): Promise<void> {
  if (!commandLine) throw new Error(`service.commands.${verb} is not configured`);
  await runOrThrow(commandLine);
}

async function runOrThrow(commandLine: readonly string[]): Promise<void> {
  const result = await runCommand(commandLine, CONTROL_TIMEOUT_MS);
  if (result.exitCode !== 0) throw new Error(describeFailure(commandLine[0] ?? "", result));
}

/** `unknown` when it is none of the words. */
export function parseStatusOutput(output: string): { state: ServiceState; startedAt: number | null } {
  const { state = "unknown", since = "" } = PRINTED.exec(output)?.groups ?? {};
  const startedAt = Date.parse(since);
  return {
    state: state.toLowerCase() as ServiceState,
    startedAt: Number.isNaN(startedAt) ? null : startedAt,
  };
}

function createSystemdControl(names: readonly string[], timeoutMs: number): ServiceControl {
  return {
    async status() {
      for (const name of names) {
        const commandLine = ["systemctl", "show", name, `--property=${PROPERTIES}`, "--timestamp=unix"];
        const result = await runCommand(commandLine, timeoutMs);
        if (result.exitCode !== 0) throw new Error(describeFailure("systemctl", result));
        const status = parseUnitProperties(result.output);
        if (status.state !== "not_installed") return { name, ...status, processId: null };
      }
      return { name: names[0] ?? "", state: "not_installed", startedAt: null, processId: null };
    },
    async account() {
      for (const name of names) {
        const commandLine = ["systemctl", "show", name, "--property=User,LoadState"];
        const user = parseUnitUser((await runCommand(commandLine, timeoutMs)).output);
        if (user !== null) return user;
      }
      return null;
    },
    start: (name) => controlUnit("start", name),
    stop: (name) => controlUnit("stop", name),
  };
}

/** Nobody can enter a password, so a denial of polkit has to be an error at once. */
async function controlUnit(verb: "start" | "stop", name: string): Promise<void> {
  await runOrThrow(["systemctl", "--no-ask-password", "--no-block", verb, name]);
}

/** A unit of root has no `User`. */
function parseUnitUser(output: string): string | null {
  if (!/^LoadState=loaded\s*$/m.test(output)) return null;
  return /^User=(\S+)/m.exec(output)?.[1] ?? "root";
}

/** Reads the `Name=value` lines of `systemctl show`. */
export function parseUnitProperties(output: string): { state: ServiceState; startedAt: number | null } {
  const property = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(output)?.[1]?.trim() ?? "";
  if (property("LoadState") === "not-found") return { state: "not_installed", startedAt: null };
  const state = STATES[property("ActiveState")] ?? "unknown";
  const startedAtSeconds = /^@(\d+)$/.exec(property("ActiveEnterTimestamp"))?.[1];
  const isUp = state === "running" || state === "stopping";
  return { state, startedAt: isUp && startedAtSeconds ? Number(startedAtSeconds) * 1000 : null };
}

/** A start or stop takes longer than a query: sc.exe waits for the program to report. */
const CONTROL_TIMEOUT_MS = 60_000;

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
      return { name, state: WINDOWS_STATES[state] ?? "unknown", startedAt, processId };
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
