import { readFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import type { PosServiceStatus } from "./pos-service.ts";

const USAGE = "Usage: node service-control.ts status|start|stop <folder of the POS server>\n";
const TIMEOUT_MS = 5000;

/** A file in each POS server's folder: where services are controlled, and which one is its own. */
export interface ServiceRegistration {
  controlUrl: string;
  slug: string;
}

const [verb, folder] = process.argv.slice(2);
if (!verb || !folder || !["status", "start", "stop"].includes(verb)) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  callServiceManager(verb, JSON.parse(readFileSync(path.join(folder, "service.json"), "utf8")));
}

/** Prints `running since <ISO 8601>`, `stopped`, …; exits 1 with the reason on stderr when it is refused. */
function callServiceManager(verb: string, { controlUrl, slug }: ServiceRegistration): void {
  const url = `${controlUrl}/services/${slug}${verb === "status" ? "" : `/${verb}`}`;
  const call = request(url, { method: verb === "status" ? "GET" : "POST", timeout: TIMEOUT_MS }, (answer) => {
    let body = "";
    answer.setEncoding("utf8");
    answer.on("data", (text: string) => {
      body += text;
    });
    answer.on("end", () => printAnswer(answer.statusCode, body));
  });
  call.on("timeout", () => call.destroy(new Error("the service manager does not answer")));
  call.on("error", fail);
  call.end();
}

function printAnswer(statusCode: number | undefined, body: string): void {
  if (statusCode !== 200 && statusCode !== 202) {
    fail(new Error(body));
    return;
  }
  const { state, startedAt } = JSON.parse(body) as PosServiceStatus;
  const since = startedAt === null ? "" : ` since ${new Date(startedAt).toISOString()}`;
  process.stdout.write(`${state}${since}\n`);
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
