import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../helpers/find-program.ts";
import { makeFolder } from "../helpers/folder.ts";
import { findFreePort } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { cpuSeconds } from "./memory.ts";
import { BENCHMARK } from "./program.ts";
import { addressOf, FLEET_TOKEN, type Fleet, failureOf } from "./simulated-fleet.ts";

const PROBES = 2_000;
const CONCURRENT = 20;

/** CPU for one probe of a healthy POS server by blackbox_exporter, which stores nothing, ms; null = it is not installed. */
export async function timeBlackboxExporter(fleet: Fleet): Promise<number | null> {
  const program = findProgram("prometheus-blackbox-exporter");
  if (!program) return null;
  const file = join(makeFolder(BENCHMARK), "blackbox.json");
  const http = { headers: { Authorization: `Bearer ${FLEET_TOKEN}` } };
  await writeFile(file, JSON.stringify({ modules: { status: { prober: "http", timeout: "5s", http } } }));
  const address = `127.0.0.1:${await findFreePort()}`;
  const flags = [`--config.file=${file}`, `--web.listen-address=${address}`];
  const exporter = spawn(program, flags, { stdio: "ignore" });
  BENCHMARK.teardown(() => exporter.kill());
  const ask = async (path: string) => await (await fetch(`http://${address}${path}`)).text();
  await waitFor(async () => (await ask("/-/healthy").catch(() => "")) !== "");
  const numbers = Array.from({ length: PROBES }, (_, n) => n);
  const healthy = numbers.filter((n) => failureOf(n, fleet.failingPercent) === null);
  const left = [...healthy];
  const probeInTurn = async () => {
    for (let n = left.pop(); n !== undefined; n = left.pop()) {
      const target = encodeURIComponent(`${addressOf(fleet, n)}/v1/status`);
      const said = await ask(`/probe?module=status&target=${target}`);
      if (!said.includes("probe_success 1")) throw new Error(`the probe of ${target} failed`);
    }
  };
  const before = cpuSeconds(exporter.pid ?? 0);
  await Promise.all(Array.from({ length: CONCURRENT }, probeInTurn));
  return ((cpuSeconds(exporter.pid ?? 0) - before) * 1000) / healthy.length;
}
