import { readFileSync } from "node:fs";

const SAMPLE_EVERY_MS = 50;
const KILOBYTES_PER_MEGABYTE = 1024;
const CLOCK_TICKS_PER_SECOND = 100;

/** Watches the memory of a process. @returns a function that ends it and tells how much it grew at most, MB. */
export function watchMemory(pid: number, measure = residentMegabytes): () => number {
  const before = measure(pid);
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, measure(pid));
  }, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(sampling);
    return most - before;
  };
}

/** What another process has in memory now, with the pages of its program, which the system can drop and shares. */
export const residentMegabytes = (pid: number) =>
  sumMegabytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/gm);

/** What of it no other process has. */
export const privateMegabytes = (pid: number) =>
  sumMegabytes(`/proc/${pid}/smaps_rollup`, /^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm);

function sumMegabytes(file: string, fields: RegExp): number {
  const found = [...readFileSync(file, "utf8").matchAll(fields)];
  return found.reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / KILOBYTES_PER_MEGABYTE;
}

/** With the processes that it has started. */
export function megabytesWithChildren(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return [pid, ...children.map(Number)].reduce((sum, one) => sum + residentMegabytes(one), 0);
}

/** What another process has computed so far, s. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}
