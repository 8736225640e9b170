import { dirname, join } from "node:path";

/** Whether the native host of Windows has started this agent. */
export function isUnderHost(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment.POSWATCH_HOST === "1";
}

/** The native host in the folder of the running Node; null = the agent runs without one. */
export function hostProgram(): string | null {
  return isUnderHost() ? join(dirname(process.execPath), "poswatch-agent.exe") : null;
}
