import { constants } from "node:fs";
import { open, readdir, readFile, readlink, realpath } from "node:fs/promises";
import type { FoundFile } from "../files/find-files.ts";
import { runCommand, windowsProgram } from "../machine/run-command.ts";

/** libuv's UV_FS_O_EXLOCK, which Node passes on: Windows then opens a file only if nobody else has it open. */
const WINDOWS_SHARE_NOTHING = 0x10000000;
/** Runs a database for a service, and longer than the service. */
const WINDOWS_DATABASE_SERVER = "sqlservr.exe";
const LIST_TIMEOUT_MS = 3_000;
const NOBODY_NAMED = { program: null, processId: null, isGuess: false };

export interface Holder {
  file: string;
  /** Such as `sqlservr.exe`; null when the system does not say. */
  program: string | null;
  processId: number | null;
  /** Somebody has it open for sure, and probably this program. */
  isGuess: boolean;
}

type Process = Omit<Holder, "file">;

/** A program other than this one; null = none, as far as the agent can see. @throws when the system does not let it look. */
export async function findHolder(files: readonly FoundFile[]): Promise<Holder | null> {
  return process.platform === "win32" ? await findLocked(files) : ((await listOpen(files))[0] ?? null);
}

/** null = none, or unknown. @param isInUse whether the system has just refused to open one of the files as in use. */
export async function nameHolders(
  files: readonly FoundFile[],
  isInUse: boolean,
): Promise<{ programs: string; isGuess: boolean } | null> {
  if (process.platform !== "win32") {
    const programs = (await listOpen(files)).map(({ program }) => program ?? "?");
    return programs.length > 0 ? { programs: [...new Set(programs)].join(", "), isGuess: false } : null;
  }
  const server = isInUse ? await findDatabaseServer() : null;
  return server?.program ? { programs: server.program, isGuess: server.isGuess } : null;
}

/** @throws when the system refuses to open a file for another reason: it may be open or not. */
export async function findLocked(files: readonly FoundFile[]): Promise<Holder | null> {
  for (const { path, name } of files) {
    try {
      const handle = await open(path, constants.O_RDWR | WINDOWS_SHARE_NOTHING);
      await handle.close();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") continue;
      if (code !== "EBUSY") throw error;
      return { file: name, ...((await findDatabaseServer()) ?? NOBODY_NAMED) };
    }
  }
  return null;
}

/** Windows does not say who holds a lock: a running database server probably does. */
async function findDatabaseServer(): Promise<Process | null> {
  const filter = ["/FI", `IMAGENAME eq ${WINDOWS_DATABASE_SERVER}`, "/FO", "CSV", "/NH"];
  try {
    const { output } = await runCommand([windowsProgram("tasklist.exe"), ...filter], LIST_TIMEOUT_MS);
    return parseTaskList(output);
  } catch {
    return null;
  }
}

/** Reads the first process of `tasklist /FO CSV /NH`: `"sqlservr.exe","1234","Services","0","12 345 K"`. */
export function parseTaskList(output: string): Process | null {
  const [, name, processId] = /^"([^"]+)","(\d+)"/m.exec(output) ?? [];
  return name ? { program: name, processId: Number(processId), isGuess: true } : null;
}

/** Linux would move open files too; /proc shows who has them open, as far as the agent may read it. */
async function listOpen(files: readonly FoundFile[]): Promise<Holder[]> {
  const holders: Holder[] = [];
  const names = new Map<string, string>();
  for (const { path, name } of files) names.set(await realpath(path).catch(() => path), name);
  for (const processId of await listOrNothing("/proc")) {
    if (!/^\d+$/.test(processId)) continue;
    const descriptors = await listOrNothing(`/proc/${processId}/fd`);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${processId}/fd/${descriptor}`).catch(() => "");
      const file = names.get(target);
      if (file === undefined) continue;
      holders.push({
        file,
        program: await programOf(processId),
        processId: Number(processId),
        isGuess: false,
      });
      break;
    }
  }
  return holders;
}

async function programOf(processId: string): Promise<string | null> {
  const name = await readFile(`/proc/${processId}/comm`, "utf8").catch(() => "");
  return name.trim() || null;
}

/** The agent may not read processes of others, and any process may end meanwhile. */
async function listOrNothing(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
