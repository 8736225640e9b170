import { setImmediate } from "node:timers/promises";
import t, { type Test } from "tap";
import { type PaceOptions, startPace } from "../../src/monitor/log-archives/store/write-part.ts";
import { waitFor } from "../helpers/wait-for.ts";

const TICK_MS = 10;
const LONG_MS = 1_000;

function start(t: Test, options: Partial<PaceOptions> = {}) {
  const told = { times: 0 };
  const onBelow = () => void told.times++;
  const pace = startPace({ tickMs: TICK_MS, ticks: 20, leastBytes: 1_000, onBelow, ...options });
  t.teardown(() => pace.stop());
  return { pace, told };
}

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

t.test("little that comes while it is waited for is noticed, enough is not", async (t) => {
  const slow = start(t);
  const quick = start(t);
  const [answer, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const waits = [slow.pace.waiting(answer.promise), quick.pace.waiting(other.promise)];
  await waitFor(() => {
    slow.pace.received(1);
    quick.pace.received(1_000);
    return slow.told.times > 0;
  });
  t.equal(quick.told.times, 0);
  answer.resolve();
  other.resolve();
  await Promise.all(waits);
});

t.test("the time in which the process stands still does not count", async (t) => {
  const { pace, told } = start(t);
  const answer = Promise.withResolvers<void>();
  const wait = pace.waiting(answer.promise);
  standStill(LONG_MS);
  await setImmediate();
  await setImmediate();
  t.equal(told.times, 0);
  answer.resolve();
  await wait;
});

t.test("the time in which nothing is waited for does not count", async (t) => {
  const { pace, told } = start(t);
  const beside = start(t);
  const answer = Promise.withResolvers<void>();
  const wait = beside.pace.waiting(answer.promise);
  await waitFor(() => beside.told.times > 0);
  t.equal(told.times, 0);
  t.equal(await pace.waiting(Promise.resolve("came")), "came");
  answer.resolve();
  await wait;
});
