import { type CommandResult, runCommand } from "../machine/run-command.ts";
import type { ServiceStatus } from "./service-control.ts";

/** A start or stop takes longer than a query: sc.exe waits for the program to report. */
const CONTROL_TIMEOUT_MS = 60_000;

/** The status of the first installed service, otherwise `not_installed` with the first name. */
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

export function runControlCommand(commandLine: readonly string[]): Promise<CommandResult> {
  return runCommand(commandLine, CONTROL_TIMEOUT_MS);
}
