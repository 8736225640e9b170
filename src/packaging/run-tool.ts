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

/** @param others what else has to succeed. @throws BuildError that names all that is missing. */
export async function requireTools(tools: readonly Tool[], others: Promise<unknown>[]): Promise<void> {
  const tried = await Promise.allSettled([...tools.map((tool) => runTool(tool, ["--version"])), ...others]);
  const problems = tried.flatMap((result) => (result.status === "rejected" ? [result.reason.message] : []));
  if (problems.length > 0) throw new BuildError(problems.join("\n"));
}
