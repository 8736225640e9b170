import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { runCommand } from "./run-command.ts";

const LINUX_MACHINE_ID = "/etc/machine-id";
const WINDOWS_QUERY = [
  "reg.exe",
  "query",
  "HKLM\\SOFTWARE\\Microsoft\\Cryptography",
  "/v",
  "MachineGuid",
  "/reg:64",
];
const QUERY_TIMEOUT_MS = 10_000;

/**
 * A hash of the id that the operating system gave this machine, so that a cloned disk can be told from a restart.
 * @returns null where the system has no such id.
 */
export async function readMachineIdHash(): Promise<string | null> {
  const machineId =
    process.platform === "win32" ? await readWindowsMachineGuid() : await readLinuxMachineId();
  if (!machineId) return null;
  return createHash("sha256").update(`poswatch machine ${machineId}`).digest("hex");
}

async function readLinuxMachineId(): Promise<string | null> {
  try {
    return (await readFile(LINUX_MACHINE_ID, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function readWindowsMachineGuid(): Promise<string | null> {
  const { output } = await runCommand(WINDOWS_QUERY, QUERY_TIMEOUT_MS);
  return parseMachineGuid(output);
}

/** Finds the value in what `reg.exe query … /v MachineGuid` prints in any language. */
export function parseMachineGuid(output: string): string | null {
  return /MachineGuid\s+REG_SZ\s+(\S+)/.exec(output)?.[1] ?? null;
}
