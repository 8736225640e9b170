import { join } from "node:path";

/** A program of Windows by its full path: by its name alone one in the current folder would be run first. */
export function windowsProgram(name: string): string {
  return join(process.env.SystemRoot ?? "C:\\Windows", "System32", name);
}
