import { type CommandResult, runCommand } from "../machine/run-command.ts";
import type { ServiceStatus } from "./service-control.ts";

/** Taking up a start or stop takes longer than telling a state: sc.exe waits for the program to report. */
const CONTROL_TIMEOUT_MS = 60_000;

/** Asks for each name in turn; the first service that is installed counts, otherwise the first name. */
export async function firstInstalled(
  names: readonly string[],
  readStatus: (name: string) => Promise<ServiceStatus>,
): Promise<ServiceStatus> {
  for (const name of names) {
    const status = await readStatus(name);
    if (status.state !== "not_installed") return status;
  }
  return { name: names[0] ?? "", state: "not_installed", startedAt: null, processId: null };
}

/** Runs a program that starts or stops a service. */
export function runControlCommand(commandLine: readonly string[]): Promise<CommandResult> {
  return runCommand(commandLine, CONTROL_TIMEOUT_MS);
}
