/** `npm run bench excel`: Excel files of 10,000 and 100,000 rows, asked for over HTTP, beside bare SheetJS. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { beginTestSession } from "../helpers/session.ts";
import type { Load } from "./load.ts";
import { megabytesWithChildren, watchMemory } from "./memory.ts";
import { makeDataFolder, startMonitor } from "./monitor.ts";
import { isQuick, numberOption } from "./options.ts";
import { runProgram } from "./program.ts";
import { measured, printReport, quantile, told } from "./report.ts";

const ADDRESS = "/pos-servers.xlsx?period=3650&unit=days&sort=name";
/** Of a hundred POS servers three are parked or unsupported, and not in the table. */
const SHARE_LISTED = 0.97;
const MEGABYTE = 1024 ** 2;

/** As the data folder of a monitor that has been started before. */
process.env.NODE_COMPILE_CACHE = await mkdtemp(join(tmpdir(), "poswatch-compiled-"));
for (const module of ["excel/export-worker", "pos-servers/export"]) {
  const url = new URL(`../../src/monitor/${module}.ts`, import.meta.url);
  spawnSync(process.execPath, ["--input-type=module", "-e", `await import("${url}"); process.exit()`]);
}

const MANY = numberOption("rows", 100_000);

const repeated = isQuick ? { rounds: 1, seconds: 2, bareRuns: 2 } : { rounds: 3, seconds: 5, bareRuns: 3 };
const few = await measure(10_000, repeated);

printReport("Excel of 10,000 POS servers, over HTTP, each in a process of its own", [
  told("file", `${(few.bytes / 1024).toFixed(0)} KiB`),
  told("time, median", `${few.ms.toFixed(0)} ms`),
  told("bare SheetJS and one more zip, median", `${few.bareMs.toFixed(0)} ms`),
  measured("file / bare SheetJS and one more zip", few.ms / few.bareMs, "excelOfBare"),
  measured("event loop delay meanwhile, p99", few.delayMs, "excelLoopDelay"),
]);
if (!isQuick) {
  const many = await measure(MANY, { rounds: 1, seconds: 1, bareRuns: 1 });
  printReport(`Excel of ${MANY} POS servers`, [
    told("file", `${(many.bytes / MEGABYTE).toFixed(1)} MiB`),
    told("time", `${many.ms.toFixed(0)} ms`),
    told("bare SheetJS and one more zip", `${many.bareMs.toFixed(0)} ms`),
    measured("memory meanwhile, monitor and worker, more than before", many.grownMegabytes, "excelMemory"),
    told("event loop delay meanwhile, p99", `${many.delayMs.toFixed(1)} ms`),
  ]);
}

await rm(process.env.NODE_COMPILE_CACHE, { recursive: true });

/** Asks for files for some seconds and runs SheetJS alone, in turns, since the machine is not always equally busy. */
async function measure(
  rows: number,
  { rounds, seconds, bareRuns }: { rounds: number; seconds: number; bareRuns: number },
) {
  const folder = await makeDataFolder();
  const posServers = Math.round(rows / SHARE_LISTED);
  await runProgram("mixed-registry.ts", [folder.dataDir, String(posServers), "1000"]);
  const { app, origin } = await startMonitor(folder.dataDir, { isPolling: false });
  const cookie = `session=${await beginTestSession(app.database.db)}`;
  const address = `${origin}${ADDRESS}`;
  const file = join(folder.dataDir, "first.xlsx");

  const stopWatching = watchMemory(process.pid, megabytesWithChildren);
  const first = await fetch(address, { headers: { cookie } });
  const bytes = new Uint8Array(await first.arrayBuffer());
  const grownMegabytes = stopWatching();
  await writeFile(file, bytes);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const [files, bare]: [number[], number[]] = [[], []];
  const load = ["--seconds", String(seconds), "--connections", "1", "--header", `cookie:${cookie}`, address];
  for (let round = 0; round < rounds; round += 1) {
    delay.enable();
    files.push((await runProgram<Load>("load.ts", load)).p50Ms);
    delay.disable();
    for (let run = 0; run < bareRuns; run += 1)
      bare.push((await runProgram<{ ms: number }>("bare-excel.ts", [file])).ms);
  }
  await app.close();
  await folder.remove();
  return {
    bytes: bytes.length,
    ms: quantile(files, 0.5),
    bareMs: quantile(bare, 0.5),
    delayMs: delay.percentile(99) / 1e6,
    grownMegabytes,
  };
}
