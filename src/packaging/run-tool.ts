import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Its message is for the person who builds. */
export class BuildError extends Error {}

/** A program of the system, and what to do if it is missing. */
export interface Tool {
  program: string;
  howToGet: string;
}

/** Runs a program without a shell. @returns its standard output. @throws BuildError */
export async function runTool({ program, howToGet }: Tool, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(program, [...args]);
    return stdout;
  } catch (error) {
    const { code, stderr = "", message } = error as Error & { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new BuildError(`${program} is not there. ${howToGet}`);
    throw new BuildError(`${program} failed:\n${stderr.trim() || message}`);
  }
}

/** @throws BuildError that names all that are missing. */
export async function requireTools(tools: readonly Tool[]): Promise<void> {
  const tried = await Promise.allSettled(tools.map((tool) => runTool(tool, ["--version"])));
  const problems = tried.flatMap((result) => (result.status === "rejected" ? [result.reason.message] : []));
  if (problems.length > 0) throw new BuildError(problems.join("\n"));
}
