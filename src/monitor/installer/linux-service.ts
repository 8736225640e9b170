import { copyFile, mkdir, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { LAUNCHER, type Places } from "./places.ts";
import { runProgram } from "./run-program.ts";
import type { Service } from "./service.ts";

const USER = "poswatch";
const UNIT = join(import.meta.dirname, "../../installation/poswatch.service");
const UNIT_FILE = "/etc/systemd/system/poswatch.service";
const COMMAND = "/usr/local/bin/poswatch";

/** By systemd, as a user of its own. */
export function linuxService({ programs, data }: Places): Service {
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
