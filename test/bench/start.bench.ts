/** `npm run bench start`: from the start of the process to the first page, with 10,000 POS servers; and the demo's. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findBundle, withBundles } from "../helpers/bundled-programs.ts";
import { withDatabase } from "../helpers/monitor-process.ts";
import { findFreePort } from "../helpers/program.ts";
import { beginTestSession } from "../helpers/session.ts";
import { fillRegistry } from "./monitor.ts";
import { BENCHMARK, isQuick } from "./program.ts";
import { atMost, measured, printReport, quantile } from "./report.ts";

const RETRY_MS = 10;
const POS_SERVERS = 10_000;
const STARTS = isQuick ? 3 : 5;
const DEMOS = isQuick ? 1 : STARTS;

const dataDir = await fillRegistry({ posServers: POS_SERVERS });
const cookie = `session=${await withDatabase(dataDir, beginTestSession)}`;
const installed = await withBundles(async (env) => {
  const program = findBundle("src/monitor/commands/main.ts", env) ?? "";
  return await timeStarts(STARTS, [program, "serve"], { DATA_DIR: dataDir, LOG_LEVEL: "error" });
});
/** It makes its own chain in a temporary folder; its page asks whoever comes to sign in. */
const demos = await timeStarts(DEMOS, [join(import.meta.dirname, "../../src/demo/main.ts")]);

printReport(`Start to first page, ${POS_SERVERS} POS servers, median of ${STARTS}`, [
  measured("what is installed", quantile(installed, 0.5), atMost(1, "s")),
  measured("npm run demo", quantile(demos, 0.5), atMost(8, "s")),
]);
process.exit();

/** @returns how long each takes to a whole page, s. */
async function timeStarts(starts: number, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number[]> {
  const times: number[] = [];
  while (times.length < starts) {
    const port = await findFreePort();
    const startedAt = performance.now();
    const child = spawn(process.execPath, args, {
      env: { ...process.env, PORT: String(port), ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
    BENCHMARK.teardown(() => child.kill());
    while (!(await hasPage(`http://127.0.0.1:${port}/pos-servers`))) {
      if (child.exitCode !== null) throw new Error(`${args.join(" ")} has ended`);
      await delay(RETRY_MS);
    }
    times.push((performance.now() - startedAt) / 1000);
    const exit = once(child, "exit");
    child.kill();
    await exit;
  }
  return times;
}

async function hasPage(url: string): Promise<boolean> {
  const response = await fetch(url, { headers: { cookie } }).catch(() => null);
  return response?.ok === true && (await response.text()).includes("</html>");
}
