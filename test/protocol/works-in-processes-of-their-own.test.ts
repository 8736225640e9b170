import { once } from "node:events";
import { connect } from "node:net";
import t from "tap";
import { runInWorker, WorkerLimitError } from "../../src/protocol/run-in-worker.ts";
import { startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const WORKER = new URL("../helpers/odd-worker.ts", import.meta.url);
const LIMITS = { timeoutMs: 60_000, maxHeapMegabytes: 48 };

t.test("work that takes too much memory at one stroke is stopped, and nothing else is", async (t) => {
  for (const task of ["split", "parse"]) {
    const told: string[] = [];
    const work = runInWorker(WORKER, task, LIMITS, { onProgress: (what: string) => told.push(what) });
    await t.rejects(work, new WorkerLimitError("memory", LIMITS), task);
    t.same(told, [task], "what it told before is known");
  }
});

t.test("it ends when nobody wants it any more, however busy it is", async (t) => {
  const leaving = new AbortController();
  let port = 0;
  const onProgress = (told: number | string) => {
    if (typeof told !== "number") return;
    port = told;
    leaving.abort(new Error("left"));
  };
  await t.rejects(runInWorker(WORKER, "endless", LIMITS, { signal: leaving.signal, onProgress }), /left/);
  await t.rejects(once(connect(port, "127.0.0.1"), "connect"), { code: "ECONNREFUSED" });
});

t.test("work that takes too long is stopped, what it throws comes with its name and code", async (t) => {
  const thrown = { name: "RangeError", message: "nothing came of it", code: "ENOTHING" };
  await t.rejects(runInWorker(WORKER, "throw", LIMITS), thrown);
  const limits = { ...LIMITS, timeoutMs: 300 };
  await t.rejects(runInWorker(WORKER, "endless", limits), new WorkerLimitError("time", limits));
});

t.test("it ends with its parent, however busy it is", async (t) => {
  const parent = startProgram(t, "test/helpers/parent-of-endless-worker.ts");
  await waitFor(() => /^\d+\n/.test(parent.output()));
  const socket = connect(Number(parent.output()), "127.0.0.1");
  const closed = new Promise((resolve) => socket.on("close", resolve).on("error", () => {}));
  await once(socket, "connect");
  parent.child.kill("SIGKILL");
  await closed;
});
