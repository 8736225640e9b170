/**
 * A program: asks for pages in turn, as fast as the connections allow, or so many a second whatever the answers take.
 * Prints a `Load`.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "undici";
import { printResult, readInput } from "./program.ts";
import { quantile } from "./report.ts";

interface LoadInput {
  urls: string[];
  headers: Record<string, string>;
  seconds: number;
  connections?: number;
  /** Answers wanted a second. */
  rate?: number;
  /** Of the answers, 200 unless told. */
  status?: number;
}

export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of one answer, as sent. */
  bytes: number;
}

const { urls, headers, seconds, connections = 10, rate, status = 200 }: LoadInput = readInput();
const paths = urls.map((text) => new URL(text)).map(({ pathname, search }) => pathname + search);
const pool = new Pool(new URL(urls[0] ?? "").origin, { connections });
const latencies: number[] = [];
let asked = 0;
let bytes = 0;

async function ask(): Promise<void> {
  const askedAt = performance.now();
  const path = paths[asked++ % paths.length] ?? "";
  const { statusCode, body } = await pool.request({ method: "GET", path, headers });
  bytes = (await body.arrayBuffer()).byteLength;
  if (statusCode !== status) throw new Error(`${path} was answered with ${statusCode}`);
  latencies.push(performance.now() - askedAt);
}

async function askWithoutPause(until: number): Promise<void> {
  while (performance.now() < until) await ask();
}

async function askAtRate(perSecond: number, startedAt: number): Promise<void> {
  const answers: Promise<void>[] = [];
  for (let n = 0; n < seconds * perSecond; n += 1) {
    await delay(Math.max(startedAt + (n * 1000) / perSecond - performance.now(), 0));
    answers.push(ask());
  }
  await Promise.all(answers);
}

const startedAt = performance.now();
if (rate) await askAtRate(rate, startedAt);
else
  await Promise.all(Array.from({ length: connections }, () => askWithoutPause(startedAt + seconds * 1000)));
const spentSeconds = (performance.now() - startedAt) / 1000;
await pool.close();
const [p50Ms, p99Ms] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
const load: Load = { perSecond: latencies.length / spentSeconds, p50Ms, p99Ms, bytes };
printResult(load);
