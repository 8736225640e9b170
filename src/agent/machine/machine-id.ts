import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { ifThere } from "../files/files.ts";
import { runCommand, windowsProgram } from "./run-command.ts";

const LINUX_MACHINE_ID = "/etc/machine-id";
/** From the firmware of the machine, virtual or not; only root may read it. */
const LINUX_PRODUCT_UUID = "/sys/class/dmi/id/product_uuid";
const MACHINE_GUID = ["HKLM\\SOFTWARE\\Microsoft\\Cryptography", "MachineGuid"] as const;
const LAST_CONFIG = ["HKLM\\SYSTEM\\HardwareConfig", "LastConfig"] as const;
const QUERY_TIMEOUT_MS = 10_000;

export type Machine = Awaited<ReturnType<typeof readMachine>>;

/**
 * Hashes that differ on a cloned disk but not after a restart; null = unknown.
 * @returns `machineIdHash` of the operating system's own id: a copy of the disk has it too.
 */
export async function readMachine() {
  const [machineId, hardwareId] =
    process.platform === "win32"
      ? [await queryRegistry(...MACHINE_GUID), await queryRegistry(...LAST_CONFIG).catch(() => null)]
      : [await ifThere(readText(LINUX_MACHINE_ID)), await readText(LINUX_PRODUCT_UUID).catch(() => null)];
  const hardwareIdHash = hashOf("hardware", hardwareId?.toLowerCase() ?? null);
  return { machineIdHash: hashOf("machine", machineId), hardwareIdHash };
}

function hashOf(what: string, id: string | null): string | null {
  return id ? hash("sha256", `poswatch ${what} ${id}`) : null;
}

/** A hash of host name and network cards in use: the same after a restart, another one on a copy of the disk. */
export function describeMachine(): string {
  const cards = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ mac }) => mac);
  // Tunnels and private Wi-Fi change their made-up addresses; a virtual machine may have no others.
  const built = cards.filter((mac) => (Number.parseInt(mac, 16) & 2) === 0);
  const known = new Set(built.length > 0 ? built : cards);
  return hash("sha256", [hostname(), ...[...known].sort()].join(" "));
}

async function readText(file: string): Promise<string> {
  return (await readFile(file, "utf8")).trim();
}

async function queryRegistry(key: string, name: string): Promise<string | null> {
  const query = [windowsProgram("reg.exe"), "query", key, "/v", name, "/reg:64"];
  const { output } = await runCommand(query, QUERY_TIMEOUT_MS);
  return parseRegistryValue(output, name);
}

/** Reads what `reg.exe query … /v <name>` prints in any language. */
export function parseRegistryValue(output: string, name: string): string | null {
  return new RegExp(`${name}\\s+REG_SZ\\s+(\\S+)`).exec(output)?.[1] ?? null;
}
