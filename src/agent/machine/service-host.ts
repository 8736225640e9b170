import { dirname, join } from "node:path";

/** Whether the native host of Windows has started this agent, which then ends with its standard input. */
export function isUnderHost(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment.POSWATCH_HOST === "1";
}

/** The native host beside the program that runs the agent; null = the agent runs without one. */
export function hostProgram(): string | null {
  return isUnderHost() ? join(dirname(process.execPath), "poswatch-agent.exe") : null;
}
