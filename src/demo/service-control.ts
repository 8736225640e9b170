import { readFileSync } from "node:fs";
import path from "node:path";
import type { PosServiceStatus } from "./pos-service.ts";

const USAGE = "Usage: node service-control.ts status|start|stop <folder of the POS server>\n";
const TIMEOUT_MS = 5000;

/** A file in each POS server's folder: where services are controlled, and which one is its own. */
export interface ServiceRegistration {
  controlUrl: string;
  slug: string;
}

const [verb = "", folder] = process.argv.slice(2);
if (!folder || !["status", "start", "stop"].includes(verb)) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    const registration = JSON.parse(readFileSync(path.join(folder, "service.json"), "utf8"));
    process.stdout.write(`${await callServiceManager(verb, registration)}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

/** @returns `running since <ISO 8601>`, `stopped`, … @throws with the reason when it is refused. */
async function callServiceManager(verb: string, { controlUrl, slug }: ServiceRegistration): Promise<string> {
  const url = `${controlUrl}/services/${slug}/${verb}`;
  const answer = await fetch(url, { method: "POST", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(await answer.text());
  const { state, startedAt } = (await answer.json()) as PosServiceStatus;
  return startedAt === null ? state : `${state} since ${new Date(startedAt).toISOString()}`;
}
