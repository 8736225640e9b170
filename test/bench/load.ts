/**
 * Asks for pages, in a process of its own: `node load.ts --seconds 5 [--connections 10 | --rate 20]
 * [--header name:value] URL…`. The addresses are asked for in turn: as fast as the connections allow, or so many a
 * second whatever the answers take. Prints one line of JSON (`Load`).
 */
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { quantile } from "./report.ts";

export interface Load {
  requests: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Of one answer, as sent. */
  bytes: number;
  /** How many answers had each status. */
  statuses: Record<string, number>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "5" },
    connections: { type: "string", default: "10" },
    rate: { type: "string" },
    header: { type: "string", multiple: true, default: [] },
  },
});
const urls = positionals.map((text) => new URL(text));
const pool = new Pool(urls[0]?.origin ?? "", { connections: Number(values.connections) });
const headers = Object.fromEntries(values.header.map((text) => text.split(/:(.*)/s).slice(0, 2)));
const durationMs = Number(values.seconds) * 1000;
const latencies: number[] = [];
const statuses: Record<string, number> = {};
let asked = 0;
let bytes = 0;

async function ask(askedAt: number): Promise<void> {
  const url = urls[asked++ % urls.length];
  const answer = await request(`${url?.pathname}${url?.search}`);
  bytes = answer.bytes;
  latencies.push(performance.now() - askedAt);
  statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
}

/** Counts what comes and keeps nothing: the load is to take less of the machine than what answers it. */
function request(path: string): Promise<{ status: number; bytes: number }> {
  const answer = { status: 0, bytes: 0 };
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { method: "GET", path, headers },
      {
        onRequestStart() {},
        onResponseStart(_controller, status) {
          answer.status = status;
        },
        onResponseData(_controller, chunk) {
          answer.bytes += chunk.length;
        },
        onResponseEnd: () => resolve(answer),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

async function askWithoutPause(until: number): Promise<void> {
  while (performance.now() < until) await ask(performance.now());
}

async function askAtRate(perSecond: number, startedAt: number): Promise<void> {
  const answers: Promise<void>[] = [];
  for (let n = 0; n < (durationMs / 1000) * perSecond; n += 1) {
    const askAt = startedAt + (n * 1000) / perSecond;
    await delay(Math.max(askAt - performance.now(), 0));
    answers.push(ask(performance.now()));
  }
  await Promise.all(answers);
}

const startedAt = performance.now();
if (values.rate) {
  await askAtRate(Number(values.rate), startedAt);
} else {
  await Promise.all(
    Array.from({ length: Number(values.connections) }, () => askWithoutPause(startedAt + durationMs)),
  );
}
const seconds = (performance.now() - startedAt) / 1000;
await pool.close();
const load: Load = {
  requests: latencies.length,
  perSecond: latencies.length / seconds,
  p50Ms: quantile(latencies, 0.5),
  p99Ms: quantile(latencies, 0.99),
  maxMs: quantile(latencies, 1),
  bytes,
  statuses,
};
process.stdout.write(`${JSON.stringify(load)}\n`);
