import { request } from "node:https";
import { isIP } from "node:net";
import type { AgentConfig } from "../config/config.ts";
import type { ChecksConfig } from "../config/config-schema.ts";
import { type CommandResult, describeFailure, runCommand, windowsProgram } from "../machine/run-command.ts";
import type { ServiceControl } from "../service-control/service-control.ts";
import {
  askHead,
  connect,
  createHostLookup,
  failureOf,
  type HostLookup,
  lookupForSockets,
} from "./connect.ts";
import { databaseCheck } from "./database.ts";
import { ADDRESS_NOT_SET, type Check, type CheckResult, NOT_TOLD } from "./run-checks.ts";
import { tracesCheck } from "./traces.ts";

/** By name, since a service may listen at either address of this machine. */
const HOST = "localhost";
const NETSH_TIMEOUT_MS = 8_000;
const CLOCK_TOLERANCE_MS = 120_000;

/** The checks that run from time to time; those of each report are in run-checks.ts. */
export function createChecks(
  { checks, database }: Pick<AgentConfig, "checks" | "database">,
  control: ServiceControl,
): Check[] {
  const lookUp = createHostLookup();
  const port = portCheck(checks.port);
  const answers = async (signal: AbortSignal) => (await port.run(signal)).outcome === "ok";
  return [
    port,
    databaseCheck(database),
    ...mainServerChecks(checks.mainServer, lookUp),
    clockCheck(checks.mainServer, lookUp),
    tracesCheck(checks.mainServer, lookUp),
    accountCheck(control),
    urlAclCheck(checks.urlAcl, answers),
  ];
}

function accountCheck(control: ServiceControl): Check {
  return {
    id: "account",
    async run() {
      const account = await control.account();
      return account === null ? NOT_TOLD : { outcome: "ok", value: account };
    },
  };
}

/** Whether something accepts connections at the POS server's port and speaks HTTP: the tills' addresses are not known. */
export function portCheck(port: number | null): Check {
  return {
    id: "port",
    async run(signal) {
      if (port === null) return ADDRESS_NOT_SET;
      const looked = await timed(String(port), () => askHead({ host: HOST, port, signal }));
      return { ...looked, detail: looked.detail ? wordFor(looked.detail) : null };
    },
  };
}

function wordFor(failure: string): string {
  if (failure === "ECONNREFUSED") return "refused";
  return /^(?:HPE|ECONNRESET|EPIPE)/.test(failure) ? "no_http" : failure;
}

/** An administrator needs no such right (`netsh http add urlacl`): a missing one is a fault only where nothing answers. */
function urlAclCheck(url: string | null, answers: (signal: AbortSignal) => Promise<boolean>): Check {
  return {
    id: "url_acl",
    async run(signal) {
      if (process.platform !== "win32") return NOT_TOLD;
      if (url === null) return ADDRESS_NOT_SET;
      const listed = await runCommand(
        [windowsProgram("netsh.exe"), "http", "show", "urlacl"],
        NETSH_TIMEOUT_MS,
      );
      return judgeUrlAcl(url, listed, () => answers(signal));
    },
  };
}

/** @param listed by `netsh http show urlacl`, in any language; a reserved address ends a line. @throws when listing failed. */
export async function judgeUrlAcl(
  url: string,
  listed: CommandResult,
  answers: () => Promise<boolean>,
): Promise<CheckResult> {
  if (listed.exitCode !== 0) throw new Error(describeFailure("netsh.exe", listed));
  const isReserved = listed.output
    .toLowerCase()
    .split(/\s*\r?\n/)
    .some((line) => line.endsWith(` ${url.toLowerCase()}`));
  if (isReserved) return { outcome: "ok", value: url };
  return { outcome: (await answers()) ? "unknown" : "failed", value: url, detail: "missing" };
}

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
  return isIP(host) !== 0 ? { outcome: "ok", value: host } : await timed(host, () => lookUp(host));
}

async function openPort(
  host: string,
  port: number,
  signal: AbortSignal,
  lookUp: HostLookup,
): Promise<CheckResult> {
  return await timed(`${host}:${port}`, async () =>
    (await connect(host, port, signal, lookupForSockets(lookUp))).destroy(),
  );
}

async function timed(value: string, work: () => Promise<unknown>): Promise<CheckResult> {
  const startedAt = performance.now();
  try {
    await work();
    return { outcome: "ok", value, milliseconds: Math.round(performance.now() - startedAt) };
  } catch (error) {
    return { outcome: "failed", value, detail: failureOf(error) };
  }
}

/** How far this machine's clock is from the `Date` header of the main server. */
export function clockCheck(mainServer: ChecksConfig["mainServer"], lookUp: HostLookup): Check {
  return {
    id: "clock",
    async run(signal) {
      if (mainServer?.port == null) return ADDRESS_NOT_SET;
      const { host, port } = mainServer;
      return await compare({ host, port, signal, lookup: lookupForSockets(lookUp) });
    },
  };
}

async function compare(server: Parameters<typeof askHead>[0]): Promise<CheckResult> {
  const aheadMs = (await measure(server, request)) ?? (await measure(server));
  if (aheadMs === null) return { outcome: "unknown", detail: "no_date" };
  return {
    outcome: Math.abs(aheadMs) >= CLOCK_TOLERANCE_MS ? "failed" : "ok",
    value: (aheadMs / 1000).toFixed(1),
  };
}

/** @returns how far this clock is ahead, ms; null when there is no answer, or none with a time. */
async function measure(...asked: Parameters<typeof askHead>): Promise<number | null> {
  const askedAt = Date.now();
  const answer = await askHead(...asked).catch(() => null);
  const date = Date.parse(answer?.headers.date ?? "");
  // The header has whole seconds: its middle is the best guess.
  return Number.isNaN(date) ? null : (askedAt + Date.now()) / 2 - (date + 500);
}
