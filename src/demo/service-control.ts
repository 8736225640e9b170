import { readFileSync } from "node:fs";
import path from "node:path";
import type { PosServiceStatus } from "./pos-service.ts";
import type { ChainAddresses } from "./simulation.ts";

const USAGE = "Usage: node service-control.ts status|start|stop <folder of the POS server>\n";
const TIMEOUT_MS = 5000;

const [verb = "", folder] = process.argv.slice(2);
if (!folder || !["status", "start", "stop"].includes(verb)) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    process.stdout.write(`${await callServiceManager(verb, folder)}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

/** @returns `running since <ISO 8601>`, `stopped`, … @throws with the reason when it is refused. */
async function callServiceManager(verb: string, folder: string): Promise<string> {
  const addresses = readFileSync(path.join(folder, "../../main-server.json"), "utf8");
  const { serviceManager }: ChainAddresses = JSON.parse(addresses);
  const url = `${serviceManager}/services/${path.basename(folder)}/${verb}`;
  const answer = await fetch(url, { method: "POST", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(await answer.text());
  const { state, startedAt } = (await answer.json()) as PosServiceStatus;
  return startedAt === null ? state : `${state} since ${new Date(startedAt).toISOString()}`;
}
