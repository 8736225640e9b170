import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Its message is for the person who builds. */
export class BuildError extends Error {}

/** Runs a program of the system without a shell. @param howToGet what to do if it is missing. @throws BuildError */
export async function runTool(program: string, args: readonly string[], howToGet: string): Promise<string> {
  try {
    const { stdout } = await execute(program, [...args]);
    return stdout;
  } catch (error) {
    const { code, stderr = "", message } = error as Error & { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new BuildError(`${program} is not there. ${howToGet}`);
    throw new BuildError(`${program} failed:\n${stderr.trim() || message}`);
  }
}
