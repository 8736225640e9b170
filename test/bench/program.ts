import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));

const flagsOf = (script: string) => script.split(" ").filter((word) => word.startsWith("--"));

/** What `npm start` and `npm run agent` tell Node, for both to be measured as they run. */
export const SERVER_FLAGS: string[] = flagsOf(scripts.start);
export const AGENT_FLAGS: string[] = flagsOf(scripts.agent);

/** A program of this folder in its own process; it ends when its standard input does, so never outlives its parent. */
export interface Program<T> {
  /** The line of JSON that it printed first. */
  first: T;
  stop(): Promise<void>;
}

/** Starts a program of this folder and waits for the line of JSON that it prints first. */
export async function startProgram<T>(file: string, args: string[]): Promise<Program<T>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const line = await Promise.race([once(createInterface(child.stdout), "line"), exit.then(() => null)]);
  if (!line) throw new Error(`${file} ended without a line of JSON`);
  return {
    first: JSON.parse(String(line[0])),
    async stop() {
      child.stdin.end();
      await exit;
    },
  };
}

/** Runs a program of this folder to its end. @returns the line of JSON that it printed. */
export async function runProgram<T>(file: string, args: string[]): Promise<T> {
  const program = await startProgram<T>(file, args);
  await program.stop();
  return program.first;
}
