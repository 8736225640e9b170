import { execFile } from "node:child_process";
import { copyFile, mkdir, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { LAUNCHER, ownFolder, type Places } from "./places.ts";

const execute = promisify(execFile);

const USER = "poswatch";
const UNIT = join(import.meta.dirname, "../../installation/poswatch.service");
const UNIT_FILE = "/etc/systemd/system/poswatch.service";
const COMMAND = "/usr/local/bin/poswatch";

/** How a system keeps Poswatch running. Each step can be repeated, and puts right what is there. */
export interface Service {
  /** Makes the data folder, for the service and administrators alone. @throws Error why nothing can be installed. */
  prepare(): Promise<void>;
  /** Closes a folder with a program to changes by others. */
  closeProgram(folder: string): Promise<void>;
  /** Has the system start it, now and with every start of the system; one that runs goes on. */
  enter(): Promise<void>;
  /** Where it says what is wrong, as a sentence ends. */
  log: string;
}

export function serviceOf(places: Places): Service {
  return process.platform === "win32" ? windowsService(places) : linuxService(places);
}

/** By the service manager of Windows, as SYSTEM; the native host does what it takes, and the service is its installed copy. */
function windowsService({ data }: Places): Service {
  const host = join(ownFolder(), LAUNCHER);
  return {
    log: `the file monitor.log in ${data}`,
    prepare: async () => void (await runProgram(host, "protect-data")),
    // The folder of programs hands on that only administrators change what is in it.
    closeProgram: async () => undefined,
    enter: async () => void (await runProgram(host, "enter-service")),
  };
}

/** By systemd, as a user of its own. */
function linuxService({ programs, data }: Places): Service {
  return {
    log: "journalctl -u poswatch",
    async prepare() {
      if (process.getuid?.() !== 0) throw new Error("Only root may do that: repeat it with sudo.");
      if (!(await stat("/run/systemd/system").catch(() => null)))
        throw new Error("systemd does not run here: have what does start `poswatch serve`.");
      await runProgram("id", USER).catch(() =>
        runProgram(
          "useradd",
          "--system",
          "--user-group",
          "--home-dir",
          data,
          "--shell",
          "/usr/sbin/nologin",
          USER,
        ),
      );
      await mkdir(data, { recursive: true, mode: 0o700 });
      const isTheirs = (await stat(data)).uid === Number(await runProgram("id", "-u", USER));
      // What another user ran from there before is taken over.
      if (!isTheirs) await runProgram("chown", "-R", "-h", `${USER}:${USER}`, data);
    },
    closeProgram: async (folder) => void (await runProgram("chmod", "-R", "u+rwX,go+rX,go-w", folder)),
    async enter() {
      await copyFile(UNIT, UNIT_FILE);
      await runProgram("chmod", "644", UNIT_FILE);
      await rm(COMMAND, { force: true });
      await symlink(join(programs, LAUNCHER), COMMAND);
      await runProgram("systemctl", "daemon-reload");
      await runProgram("systemctl", "enable", "--now", "--quiet", "poswatch");
    },
  };
}

/** Takes service and program away. @throws Error what could not be. */
export async function removeFromLinux({ programs }: Places): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error("Only root may do that: repeat it with sudo.");
  if (await stat(UNIT_FILE).catch(() => null))
    await runProgram("systemctl", "disable", "--now", "--quiet", "poswatch");
  for (const path of [UNIT_FILE, COMMAND, programs]) await rm(path, { recursive: true, force: true });
  await runProgram("systemctl", "daemon-reload");
}

/** Runs a program of the system, or of Poswatch, without a shell. @returns its output. @throws Error with what it has said. */
async function runProgram(program: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(program, args, { windowsHide: true })).stdout.trim();
  } catch (error) {
    const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim();
    throw new Error(said === "" ? message : `${program} ${args.join(" ")}: ${said}`);
  }
}
