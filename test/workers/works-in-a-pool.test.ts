import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { NoPlaceError } from "../../src/monitor/workers/places.ts";
import { createWorkerPool, type WorkerPoolOptions } from "../../src/monitor/workers/worker-pool.ts";
import { WorkerLimitError } from "../../src/protocol/run-in-worker.ts";
import { makeFolder } from "../helpers/folder.ts";
import type { Echo, PoolTask } from "../helpers/pool-worker.ts";
import { waitFor } from "../helpers/wait-for.ts";

const WORKER = new URL("../helpers/pool-worker.ts", import.meta.url);
const STAYING = new AbortController().signal;

function startPool(t: Test, options: Partial<WorkerPoolOptions> = {}) {
  const pool = createWorkerPool(WORKER, {
    atOnce: 1,
    maxWaitingEach: 1,
    maxWaiting: 1,
    timeoutMs: 60_000,
    maxHeapMegabytes: 128,
    idleMs: 60_000,
    ...options,
  });
  t.teardown(() => pool.close());
  let people = 0;
  const run = (task: PoolTask, signal = STAYING) => pool.run<Echo>(++people, task, signal);
  const begun = join(makeFolder(t), "begun");
  writeFileSync(begun, "");
  const occupy = (signal?: AbortSignal) => run({ begun }, signal);
  const hasBegun = (count: number) => waitFor(() => readFileSync(begun).length === count);
  return { pool, run, occupy, hasBegun };
}

t.test("a worker is kept for the next task, and ended when there is none", async (t) => {
  const { pool, run } = startPool(t, { idleMs: 300 });
  const first = await run({ echo: { n: 1 } });
  const second = await run({ echo: { n: 2 } });
  t.same([first.echo, second.echo], [{ n: 1 }, { n: 2 }]);
  t.equal(first.pid, second.pid);
  t.same([second.bytes.length, second.bytes[999_999]], [1_000_000, 7]);
  await waitFor(() => pool.size() === 0);
});

t.test("more tasks than workers and places to wait are refused at once", async (t) => {
  const { pool, run, occupy, hasBegun } = startPool(t);
  const leaving = new AbortController();
  const running = occupy(leaving.signal);
  const waiting = run({ echo: "waited" });
  await hasBegun(1);
  await t.rejects(run({ echo: "refused" }), NoPlaceError);
  t.same([pool.size(), pool.waiting()], [1, 1]);

  leaving.abort(new Error("left"));
  await t.rejects(running, /left/);
  t.equal((await waiting).echo, "waited");
});

t.test("who leaves ends the worker even in the middle of a loop, and frees its place", async (t) => {
  const { pool, run, occupy, hasBegun } = startPool(t);
  for (const round of [1, 2]) {
    const leaving = new AbortController();
    const running = occupy(leaving.signal);
    await hasBegun(round);
    leaving.abort(new Error("left"));
    await t.rejects(running, /left/);
    t.equal(pool.size(), 0);
  }
  t.equal((await run({ echo: "alive" })).echo, "alive");
});

t.test("a task that takes too long is stopped", async (t) => {
  const { pool, occupy } = startPool(t, { timeoutMs: 500 });
  await t.rejects(occupy(), WorkerLimitError);
  t.equal(pool.size(), 0);
});

t.test("a task that fails tells why, and the next one gets a new worker", async (t) => {
  const { pool, run } = startPool(t);
  await t.rejects(run({ failure: "nothing came of it" }), /nothing came of it/);
  t.equal((await run({ echo: "alive" })).echo, "alive");
  t.equal(pool.size(), 1);
});

t.test("closing stops what runs and refuses what waits", async (t) => {
  const { pool, run, occupy, hasBegun } = startPool(t);
  const running = occupy();
  const waiting = run({ echo: null });
  await hasBegun(1);
  const ended = [t.rejects(running, /being stopped/), t.rejects(waiting, /being stopped/)];
  await pool.close();
  await Promise.all(ended);
  t.equal(pool.size(), 0);
  await t.rejects(run({ echo: null }), /being stopped/);
});
