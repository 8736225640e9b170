import { type CommandResult, runCommand } from "../machine/run-command.ts";

/** Taking up a start or stop takes longer than telling a state: sc.exe waits for the program to report. */
const CONTROL_TIMEOUT_MS = 60_000;

/** Runs a program that starts or stops a service. */
export function runControlCommand(commandLine: readonly string[]): Promise<CommandResult> {
  return runCommand(commandLine, CONTROL_TIMEOUT_MS);
}
