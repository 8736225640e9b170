import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { createWorkerPool, type WorkerPoolOptions } from "../../src/monitor/excel/worker-pool.ts";
import { NoPlaceError } from "../../src/monitor/workers/places.ts";
import { WorkerLimitError } from "../../src/protocol/run-in-worker.ts";
import { makeFolder } from "../helpers/folder.ts";
import { waitFor } from "../helpers/wait-for.ts";

const MODULES = new URL("../helpers/pool-modules/", import.meta.url);
const [ECHO, ENDLESS, FAILING] = ["echo.ts", "endless.ts", "failing.ts"].map(
  (file) => new URL(file, MODULES),
);
const STAYING = new AbortController().signal;

interface Echo {
  input: unknown;
  pid: number;
  bytes: Uint8Array;
}

function startPool(t: Test, options: Partial<WorkerPoolOptions> = {}) {
  const pool = createWorkerPool({
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
  const run = <Result>(module: URL | undefined, input: unknown, signal = STAYING) => {
    if (!module) throw new Error("no such module");
    return pool.run<Result>(++people, module, input, signal);
  };
  const begun = join(makeFolder(t), "begun");
  writeFileSync(begun, "");
  const occupy = (signal?: AbortSignal) => run(ENDLESS, begun, signal);
  const hasBegun = (count: number) => waitFor(() => readFileSync(begun).length === count);
  return { pool, run, occupy, hasBegun };
}

t.test("a worker is kept for the next task, and ended when there is none", async (t) => {
  const { pool, run } = startPool(t, { idleMs: 300 });
  const first = await run<Echo>(ECHO, { n: 1 });
  const second = await run<Echo>(ECHO, { n: 2 });
  t.same([first.input, second.input], [{ n: 1 }, { n: 2 }]);
  t.equal(first.pid, second.pid);
  t.same([second.bytes.length, second.bytes[999_999]], [1_000_000, 7]);
  await waitFor(() => pool.size() === 0);
});

t.test("more tasks than workers and places to wait are refused at once", async (t) => {
  const { pool, run, occupy, hasBegun } = startPool(t);
  const leaving = new AbortController();
  const running = occupy(leaving.signal);
  const waiting = run<Echo>(ECHO, "waited");
  await hasBegun(1);
  await t.rejects(run(ECHO, "refused"), NoPlaceError);
  t.same([pool.size(), pool.waiting()], [1, 1]);

  leaving.abort(new Error("left"));
  await t.rejects(running, /left/);
  t.equal((await waiting).input, "waited");
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
  t.equal((await run<Echo>(ECHO, "alive")).input, "alive");
});

t.test("a task that takes too long is stopped", async (t) => {
  const { pool, occupy } = startPool(t, { timeoutMs: 500 });
  await t.rejects(occupy(), WorkerLimitError);
  t.equal(pool.size(), 0);
});

t.test("a task that fails tells why, and the next one gets a new worker", async (t) => {
  const { pool, run } = startPool(t);
  await t.rejects(run(FAILING, null), /nothing came of it/);
  t.equal((await run<Echo>(ECHO, "alive")).input, "alive");
  t.equal(pool.size(), 1);
});

t.test("closing stops what runs and refuses what waits", async (t) => {
  const { pool, run, occupy, hasBegun } = startPool(t);
  const running = occupy();
  const waiting = run(ECHO, null);
  await hasBegun(1);
  const ended = [t.rejects(running, /being stopped/), t.rejects(waiting, /being stopped/)];
  await pool.close();
  await Promise.all(ended);
  t.equal(pool.size(), 0);
  await t.rejects(run(ECHO, null), /being stopped/);
});
