import { type CommandResult, runCommand } from "../machine/run-command.ts";

/** Taking up a start or stop takes longer than telling a state: sc.exe waits for the program to report. */
const CONTROL_TIMEOUT_MS = 60_000;
const MAX_SHOWN_OUTPUT = 300;

/** Runs a program that starts or stops a service. */
export function runControlCommand(commandLine: readonly string[]): Promise<CommandResult> {
  return runCommand(commandLine, CONTROL_TIMEOUT_MS);
}

/** What a program that failed said, on one line. */
export function describeFailure(program: string, { exitCode, output }: CommandResult): string {
  const text = output.replace(/\s+/g, " ").trim().slice(0, MAX_SHOWN_OUTPUT);
  return `${program} ended with exit code ${exitCode}${text ? `: ${text}` : ""}`;
}
