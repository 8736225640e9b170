import { readdir, readFile, readlink } from "node:fs/promises";
import { BlockList, isIPv6 } from "node:net";
import type { ChecksConfig } from "../config/config-schema.ts";
import { ifThere } from "../files/files.ts";
import { describeFailure, runCommand, windowsProgram } from "../machine/run-command.ts";
import { type HostLookup, isOwnPort } from "./connect.ts";
import { ADDRESS_NOT_SET, type Check, NOT_TOLD } from "./run-checks.ts";

const TIMEOUT_MS = 8_000;
/** SYN_SENT: it may never be answered. */
const OPENING = "02";

interface Connection {
  localPort: number;
  remoteAddress: string;
  remotePort: number;
  isOwn: boolean;
}

/** Finds connections of other programs to the main server, open or just closed; a short one between two checks may be missed. */
export function tracesCheck(mainServer: ChecksConfig["mainServer"], lookUp: HostLookup): Check {
  return {
    id: "traces",
    async run() {
      const ports = [mainServer?.port, mainServer?.amqpPort].filter((port) => port != null);
      if (mainServer === null || ports.length === 0) return ADDRESS_NOT_SET;
      const connections = await listConnections();
      if (connections === null) return NOT_TOLD;
      const addresses = new BlockList();
      for (const { address, family } of await lookUp(mainServer.host))
        addresses.addAddress(address, family === 6 ? "ipv6" : "ipv4");
      const isSeen = connections.some(
        ({ localPort, remoteAddress, remotePort, isOwn }) =>
          ports.includes(remotePort) &&
          !isOwn &&
          !isOwnPort(localPort) &&
          addresses.check(remoteAddress, isIPv6(remoteAddress) ? "ipv6" : "ipv4"),
      );
      const value = `${mainServer.host}:${ports.join(", ")}`;
      return isSeen ? { outcome: "ok", value } : { outcome: "unknown", value, detail: "not_seen" };
    },
  };
}

/** @returns null where the system cannot list them. @throws with the reason when listing fails. */
async function listConnections(): Promise<Connection[] | null> {
  if (process.platform === "win32") {
    const listed = await runCommand([windowsProgram("netstat.exe"), "-ano"], TIMEOUT_MS);
    if (listed.exitCode !== 0) throw new Error(describeFailure("netstat.exe", listed));
    return parseNetstat(listed.output);
  }
  if (process.platform !== "linux") return null;
  const own = await ownInodes();
  // A machine may be without IPv6.
  const tables = [readFile("/proc/net/tcp", "utf8"), ifThere(readFile("/proc/net/tcp6", "utf8"))];
  return (await Promise.all(tables)).flatMap((table) => parseProcNet(table ?? "", own));
}

/** @param listed by `netstat -ano`, whose headings and states are in the system's language. */
export function parseNetstat(listed: string): Connection[] {
  const LINE = /^\s*TCP\s+\S+:(\d+)\s+\[?([\da-f.:]+?)(?:%\d+)?\]?:(\d+)\s+(?!SYN)\S+\s+(\d+)\s*$/gimu;
  return [...listed.matchAll(LINE)].map(([, localPort, address = "", remotePort, processId]) => ({
    localPort: Number(localPort),
    remoteAddress: address,
    remotePort: Number(remotePort),
    isOwn: Number(processId) === process.pid,
  }));
}

/** @param own inodes of this process's sockets. */
export function parseProcNet(table: string, own: ReadonlySet<string>): Connection[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", remote = "", state, , , , , , inode = ""] = line.trim().split(/\s+/);
    const [address = "", port = ""] = remote.split(":");
    if (!/^(?:[\dA-F]{8}){1,4}$/.test(address) || state === OPENING) return [];
    const localPort = Number.parseInt(local.split(":")[1] ?? "", 16);
    const remotePort = Number.parseInt(port, 16);
    return [{ localPort, remotePort, remoteAddress: readAddress(address), isOwn: own.has(inode) }];
  });
}

/** Each group of four bytes is in the machine's order, the last byte first. */
function readAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  return bytes.length === 4
    ? bytes.map((byte) => Number.parseInt(byte, 16)).join(".")
    : (bytes.join("").toLowerCase().match(/.{4}/g) ?? []).join(":");
}

async function ownInodes(): Promise<Set<string>> {
  const names = await readdir("/proc/self/fd");
  const targets = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}
