/** `npm run bench excel`: Excel files of 10,000 and 100,000 rows, asked for over HTTP, beside bare SheetJS. */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { makeFolder } from "../helpers/folder.ts";
import type { Load } from "./load.ts";
import { megabytesWithChildren, watchMemory } from "./memory.ts";
import { startMixedMonitor } from "./monitor.ts";
import { BENCHMARK, isQuick, runProgram } from "./program.ts";
import { atMost, measured, printReport, quantile, told } from "./report.ts";

const ADDRESS = "/pos-servers.xlsx?period=3650&unit=days&sort=name";
/** Of a hundred POS servers three are parked or unsupported, and not in the table. */
const SHARE_LISTED = 0.97;
const MANY = 100_000;
const folder = makeFolder(BENCHMARK);

/** As the data folder of a monitor that has been started before. */
process.env.NODE_COMPILE_CACHE = join(folder, "compiled");
for (const module of ["excel/export-worker", "pos-servers/export"]) {
  const url = new URL(`../../src/monitor/${module}.ts`, import.meta.url);
  spawnSync(process.execPath, ["--input-type=module", "-e", `await import("${url}"); process.exit()`]);
}

const repeated = isQuick ? { rounds: 1, seconds: 2, bareRuns: 2 } : { rounds: 3, seconds: 5, bareRuns: 3 };
const few = await measure(10_000, repeated);
printReport("Excel of 10,000 POS servers, over HTTP, each in a process of its own", [
  told("file; bare SheetJS and one more zip", `${few.ms.toFixed(0)} ms; ${few.bareMs.toFixed(0)} ms`),
  measured("file / bare SheetJS and one more zip", few.ms / few.bareMs, atMost(1.2, "×")),
  measured("event loop delay meanwhile, p99", few.delayMs, atMost(10, "ms")),
]);
if (!isQuick) {
  const many = await measure(MANY, { rounds: 1, seconds: 1, bareRuns: 1 });
  const title = "memory meanwhile, monitor and worker, more than before";
  printReport(`Excel of ${MANY} POS servers`, [measured(title, many.grownMegabytes, atMost(350, "MB"))]);
}
process.exit();

/** Asks for files for some seconds and runs SheetJS alone, in turns, since the machine is not always equally busy. */
async function measure(rows: number, turns: { rounds: number; seconds: number; bareRuns: number }) {
  const { app, origin, cookie } = await startMixedMonitor(Math.round(rows / SHARE_LISTED));
  const url = `${origin}${ADDRESS}`;
  const file = join(folder, `${rows}.xlsx`);
  const stopWatching = watchMemory(process.pid, megabytesWithChildren);
  const first = await fetch(url, { headers: { cookie } });
  const content = new Uint8Array(await first.arrayBuffer());
  const grownMegabytes = stopWatching();
  await writeFile(file, content);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const load = { urls: [url], headers: { cookie }, seconds: turns.seconds, connections: 1 };
  const [files, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < turns.rounds; round += 1) {
    delay.enable();
    files.push((await runProgram<Load>("load.ts", load)).p50Ms);
    delay.disable();
    for (let run = 0; run < turns.bareRuns; run += 1) bare.push(await runProgram("bare-excel.ts", file));
  }
  await app.close();
  const delayMs = delay.percentile(99) / 1e6;
  return { ms: quantile(files, 0.5), bareMs: quantile(bare, 0.5), delayMs, grownMegabytes };
}
