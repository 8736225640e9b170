import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Pool } from "undici";
import { findProgram } from "../helpers/find-program.ts";
import { findFreePort } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { type FleetReady, fleetPosServer, misdeedOf } from "./fleet-plan.ts";
import { cpuSeconds } from "./memory.ts";
import { makeDataFolder } from "./monitor.ts";

const PROGRAM = "prometheus-blackbox-exporter";
const PROBES = 2_000;
const CONCURRENT = 20;

/**
 * CPU for one probe of a healthy POS server by blackbox_exporter, which stores nothing, ms; null = Debian's package is not
 * installed.
 */
export async function timeBlackboxExporter(fleet: FleetReady): Promise<number | null> {
  const program = findProgram(PROGRAM);
  if (!program) return null;
  const folder = await makeDataFolder();
  const file = join(folder.dataDir, "blackbox.json");
  const http = { headers: { Authorization: `Bearer ${fleetPosServer(fleet, 0).token}` } };
  await writeFile(file, JSON.stringify({ modules: { status: { prober: "http", timeout: "5s", http } } }));
  const address = `127.0.0.1:${await findFreePort()}`;
  const exporter = spawn(program, [`--config.file=${file}`, `--web.listen-address=${address}`], {
    stdio: "ignore",
  });
  const pool = new Pool(`http://${address}`, { connections: CONCURRENT });
  const healthy = Array.from({ length: PROBES }, (_, n) => n).filter(
    (n) => misdeedOf(n, fleet.failingPercent) === null,
  );
  const probe = async (n: number) => {
    const target = encodeURIComponent(`${fleetPosServer(fleet, n).address}/v1/status`);
    const { body } = await pool.request({ method: "GET", path: `/probe?module=status&target=${target}` });
    if (!(await body.text()).includes("probe_success 1")) throw new Error(`${PROGRAM}: ${target} failed`);
  };
  try {
    await waitFor(() =>
      fetch(`http://${address}/-/healthy`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const before = cpuSeconds(exporter.pid ?? 0);
    const left = [...healthy];
    const probeInTurn = async () => {
      for (let n = left.pop(); n !== undefined; n = left.pop()) await probe(n);
    };
    await Promise.all(Array.from({ length: CONCURRENT }, probeInTurn));
    return ((cpuSeconds(exporter.pid ?? 0) - before) * 1000) / healthy.length;
  } finally {
    await pool.close();
    exporter.kill("SIGTERM");
    await once(exporter, "exit");
    await folder.remove();
  }
}
