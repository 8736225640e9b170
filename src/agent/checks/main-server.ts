import { isIP } from "node:net";
import type { ChecksConfig } from "../config/checks-config.ts";
import { ADDRESS_NOT_SET, type Check, type CheckResult } from "./check.ts";
import { connect, failureOf } from "./connect.ts";
import { type HostLookup, lookupForSockets } from "./host-lookup.ts";

/** Whether the way to the main server is open: its name, its port, and that of its message queue. */
export function mainServerChecks(mainServer: ChecksConfig["mainServer"], lookUp: HostLookup): Check[] {
  const host = mainServer?.host ?? null;
  const port = (id: "main_server_tcp" | "amqp", number: number | null | undefined): Check => ({
    id,
    run: async (signal) =>
      host === null || number == null ? ADDRESS_NOT_SET : await openPort(host, number, signal, lookUp),
  });
  return [
    {
      id: "main_server_dns",
      run: async () => (host === null ? ADDRESS_NOT_SET : await resolveName(host, lookUp)),
    },
    port("main_server_tcp", mainServer?.port),
    port("amqp", mainServer?.amqpPort),
  ];
}

async function resolveName(host: string, lookUp: HostLookup): Promise<CheckResult> {
  if (isIP(host) !== 0) return { outcome: "ok", value: host };
  const startedAt = performance.now();
  try {
    await lookUp(host);
    return { outcome: "ok", value: host, milliseconds: Math.round(performance.now() - startedAt) };
  } catch (error) {
    return { outcome: "failed", value: host, detail: failureOf(error) };
  }
}

async function openPort(
  host: string,
  port: number,
  signal: AbortSignal,
  lookUp: HostLookup,
): Promise<CheckResult> {
  const value = `${host}:${port}`;
  const startedAt = performance.now();
  try {
    (await connect(host, port, signal, lookupForSockets(lookUp))).destroy();
    return { outcome: "ok", value, milliseconds: Math.round(performance.now() - startedAt) };
  } catch (error) {
    return { outcome: "failed", value, detail: failureOf(error) };
  }
}
