import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./find-program.ts";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";

const ENVIRONMENT = { WINEDEBUG: "-all", WINEDLLOVERRIDES: "mscoree,mshtml=" };
const PROGRAMS = ["wine", "wineboot", "wineserver", "x86_64-w64-mingw32-gcc-win32", "unzip"];
const missing = PROGRAMS.filter((program) => findProgram(program) === null);

/** Whether programs for Windows can be built and run here: why not, or false. */
export const noWine = missing.length > 0 && `not there: ${missing.join(", ")}`;

export type Wine = Awaited<ReturnType<typeof startWine>>;

/** Makes a new Windows with services, as far as Wine goes; its programs end with the test. */
export async function startWine(t: Owner) {
  const prefix = makeFolder(t);
  const env = { ...process.env, ...ENVIRONMENT, WINEPREFIX: prefix };
  // Wine has no standard streams but files, and leaves them open to what it starts.
  async function run(program: string, args: readonly string[], output: number | "ignore" = "ignore") {
    const child = spawn(program, args, { env, stdio: ["ignore", output, "ignore"] });
    const [exitCode] = await once(child, "exit");
    return Number(exitCode ?? -1);
  }
  t.teardown(async () => {
    await run("wineserver", ["-k"]);
    await run("wineserver", ["-w"]);
  });
  await run("wineboot", ["-i"]);
  await run("wineserver", ["-w"]); // goes on setting itself up for a while
  // Otherwise its services end when no other program of it runs.
  await run("wineserver", ["-p"]);
  return {
    /** A path of this system for one below `C:\`. */
    path: (...names: string[]) => join(prefix, "drive_c", ...names),
    /** Runs a program to its end. @returns its exit code and its standard output. */
    async run(...commandLine: string[]) {
      const file = join(prefix, "output.txt");
      const output = openSync(file, "w");
      const exitCode = await run("wine", commandLine, output);
      closeSync(output);
      return { exitCode, output: readFileSync(file, "utf8") };
    },
  };
}
