import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { type AgentProcess, startAgentProcess } from "../helpers/agent-process.ts";
import type { Owner } from "../helpers/owner.ts";
import { findFreePort } from "../helpers/program.ts";
import { makeSampleService, type SampleService } from "../helpers/sample-service.ts";
import { type FaultyProxy, startProxy } from "./proxy.ts";

const EXCHANGE_EVERY_MS = 2_000;
const OLD_LOG_DAYS = 3;
const OLD_LOG_LINES = 20_000;
const POS_UTC_OFFSET_MS = 180 * 60_000;

/** A POS server with an agent of its own, which is killed and started again, and a way to it that breaks. */
export interface SoakedAgent {
  name: string;
  /** Its exchange never works, whatever is done to it. */
  isFailing: boolean;
  service: SampleService;
  proxy: FaultyProxy;
  /** For the registry: by way of the proxy. */
  pairingString: string;
  token: string;
  kill(): Promise<void>;
  /** Starts it unless it runs. */
  start(): Promise<void>;
}

export async function createSoakedAgent(
  owner: Owner,
  name: string,
  isFailing: boolean,
): Promise<SoakedAgent> {
  const port = await findFreePort();
  const service = await makeSampleService(owner, { port });
  writeOldLogs(service);
  const exchanges = setInterval(() => appendExchange(service, isFailing), EXCHANGE_EVERY_MS);
  owner.teardown(() => clearInterval(exchanges));
  const proxy = await startProxy(owner, port);
  let running: AgentProcess | null = await startAgentProcess(owner, service);
  const { pairingString } = running;
  return {
    name,
    isFailing,
    service,
    proxy,
    pairingString: pairingString.replace(/\/\/[^/?]+/, `//127.0.0.1:${proxy.port}`),
    token: parsePairingString(pairingString)?.token ?? "",
    async kill() {
      running?.child.kill("SIGKILL");
      await running?.ended;
      running = null;
    },
    async start() {
      running ??= await startAgentProcess(owner, service);
    },
  };
}

/** It exchanges while its service runs, or tries to. */
function appendExchange(service: SampleService, isFailing: boolean): void {
  if (!readFileSync(service.path("service-state.txt"), "utf8").startsWith("running")) return;
  const text = isFailing ? "Synchronization failed: нарушена целостность базы" : "Synchronization completed";
  appendFileSync(join(service.logs, "sync.log"), `${line(Date.now(), text)}\n`);
}

function writeOldLogs({ logs }: SampleService): void {
  for (let day = 1; day <= OLD_LOG_DAYS; day++) {
    const lines = Array.from({ length: OLD_LOG_LINES }, (_, index) =>
      line(Date.now() - day * DAY_MS + index, `Request ${(index * 7919) % 99_991} answered`),
    );
    writeFileSync(join(logs, `old-${day}.log`), `${lines.join("\n")}\n`);
  }
}

function line(at: number, text: string): string {
  const local = new Date(at + POS_UTC_OFFSET_MS).toISOString();
  return `[${local.slice(0, 10)} ${local.slice(11, 19)},${local.slice(20, 23)}]  INFO [12] [Soak:1] - ${text}`;
}
