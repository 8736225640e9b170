import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program of the system, or of Poswatch, without a shell. @returns its output. @throws Error with what it has said. */
export async function runProgram(program: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(program, args, { windowsHide: true })).stdout.trim();
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim();
    throw new Error(said === "" ? message : `${program} ${args.join(" ")}: ${said}`);
  }
}
