import { readFileSync } from "node:fs";

const SAMPLE_EVERY_MS = 50;
const KILOBYTES_PER_MEGABYTE = 1024;

/** Watches the memory of another process. @returns a function that ends it and tells how much it grew at most, MB. */
export function watchMemory(pid: number): () => number {
  const before = residentMegabytes(pid);
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, residentMegabytes(pid));
  }, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(sampling);
    return most - before;
  };
}

/** What another process has in memory now. */
export function residentMegabytes(pid: number): number {
  const [, kilobytes] = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m) ?? [];
  return Number(kilobytes) / KILOBYTES_PER_MEGABYTE;
}
