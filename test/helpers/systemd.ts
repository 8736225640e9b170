import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";
import { waitFor } from "./wait-for.ts";

const SYSTEMD = "/lib/systemd/systemd";
const NAMESPACES = "--fork --kill-child --pid --mount-proc --mount --cgroup --uts --ipc".split(" ");
/** The root of this machine under a layer of its own, with what systemd needs of a system. */
const BOOT = `
mount --make-rprivate /
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
root=$1/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$root"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir "$root$3"
mount --bind "$2" "$root$3"
for folder in run tmp; do mount -t tmpfs none "$root/$folder"; done
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" ${SYSTEMD} --unit=basic.target`;

const execute = promisify(execFile);
const NEEDED = [SYSTEMD, "/usr/bin/systemd-analyze", "/usr/bin/unshare"];
const missing = NEEDED.filter((program) => !existsSync(program));
const canIsolate = () =>
  spawnSync("unshare", [...NAMESPACES, "mount", "-t", "cgroup2", "none", "/mnt"]).status === 0;

/** Whether services can be tried here: why not, or false. */
export const noSystemd =
  (missing.length > 0 && `not there: ${missing.join(", ")}`) ||
  (!canIsolate() && "no namespaces with control groups here");

/** Boots a systemd over the files of this machine, which it leaves as they are. @param shared a folder of both. */
export async function startMachine(t: Owner, shared: string) {
  const folder = makeFolder(t);
  const args = [...NAMESPACES, "sh", "-ec", BOOT, "sh", makeFolder(t), folder, shared];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "unshare", ...args], { stdio: "ignore" });
  let init = 0;
  await waitFor(() => {
    init = readChild(child.pid);
    return init > 0;
  });
  t.teardown(async () => {
    process.kill(init, "SIGKILL");
    if (child.exitCode === null) await once(child, "exit");
  });
  /** Runs a program there. @returns its exit code, and what it has said. */
  const run = async (...command: string[]) => {
    const entered = ["-t", String(init), "-m", "-u", "-i", "-p", "-r", "-w", ...command];
    const env = { PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
    const { code = 0, stdout, stderr } = await execute("nsenter", entered, { env }).catch((error) => error);
    return { code: Number(code), output: `${stdout}${stderr}` };
  };
  await waitFor(async () => /running|degraded/.test((await run("systemctl", "is-system-running")).output));
  /** A path of this machine for one of it. */
  const path = (name: string) => join("/proc", String(init), "root", name);
  return { run, path, folder };
}

/** @returns 0 until systemd runs. */
function readChild(pid = 0): number {
  const file = `/proc/${pid}/task/${pid}/children`;
  const child = existsSync(file) ? Number(readFileSync(file, "utf8").split(" ")[0]) : 0;
  return child > 0 && readFileSync(`/proc/${child}/cmdline`, "utf8").startsWith(SYSTEMD) ? child : 0;
}
