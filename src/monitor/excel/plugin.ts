import fp from "fastify-plugin";
import { createWorkerPool, type WorkerPool } from "../workers/worker-pool.ts";

declare module "fastify" {
  interface FastifyInstance {
    excelWorkers: WorkerPool;
  }
}

const WORKERS = 2;
/** Per user: some tables in as many tabs. */
const MAX_WAITING_EACH = 3;
const MAX_WAITING = 40;
const IDLE_MS = 60_000;
const TIMEOUT_MS = 120_000;
/** 100,000 rows of POS servers take about a quarter of it. */
const MAX_HEAP_MEGABYTES = 384;

export default fp(
  async (app) => {
    const pool = createWorkerPool(new URL("./export-worker.ts", import.meta.url), {
      atOnce: WORKERS,
      maxWaitingEach: MAX_WAITING_EACH,
      maxWaiting: MAX_WAITING,
      idleMs: IDLE_MS,
      timeoutMs: TIMEOUT_MS,
      maxHeapMegabytes: MAX_HEAP_MEGABYTES,
    });
    app.decorate("excelWorkers", pool);
    app.addHook("preClose", () => pool.close());
  },
  { name: "excel" },
);
