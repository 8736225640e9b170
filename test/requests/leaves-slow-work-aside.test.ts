import { once } from "node:events";
import t, { type Test } from "tap";
import { createRunner, GaveWayError } from "../../src/monitor/requests/runner.ts";
import { startMonitor } from "../helpers/app.ts";
import { finishRequest, queueRequest } from "../helpers/requests.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A runner with two places and one more for slow rows, whose work goes on until it is told otherwise. */
async function start(t: Test, rows: number) {
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const { db } = app.database;
  const posServerId = await monitor.addPosServer();
  const ids: number[] = [];
  for (let row = 0; row < rows; row++) ids.push(await queueRequest(db, posServerId, clock()));
  const noteSlow = new Map<number, () => void>();
  const working = new Set<number>();
  const gaveWay: number[] = [];
  const runner = createRunner({
    db,
    table: "logRequest",
    places: 2,
    slowPlaces: 1,
    listClaimable: async () => {
      const open = await db.selectFrom("logRequest").select("id").where("finishedAt", "is", null).execute();
      return open.map(({ id }) => id);
    },
    work: async (id, signal, note) => {
      working.add(id);
      noteSlow.set(id, note);
      try {
        await once(signal, "abort");
        if (signal.reason instanceof GaveWayError) gaveWay.push(id);
        throw signal.reason;
      } finally {
        working.delete(id);
      }
    },
    log: app.log,
    monotonicClock: clock,
  });
  t.teardown(() => runner.stop());
  const areWorkedOn = (...wanted: (number | undefined)[]) =>
    waitFor(() => [...working].sort().join() === wanted.join());
  return {
    ids,
    runner,
    gaveWay,
    areWorkedOn,
    slow: (id: number | undefined) => noteSlow.get(id ?? 0)?.(),
    async finish(id = 0) {
      await finishRequest(db, id, clock());
      runner.interrupt(id);
    },
  };
}

t.test("a slow row leaves its place to the next one, and goes on", async (t) => {
  const { ids, runner, gaveWay, areWorkedOn, slow } = await start(t, 4);
  const [first, second, third] = ids;
  await runner.tick();
  await areWorkedOn(first, second);
  slow(first);
  await areWorkedOn(first, second, third);
  slow(first);
  await runner.tick();
  await areWorkedOn(first, second, third);
  t.same(gaveWay, []);
});

t.test("beyond the places for slow rows the last one gives way to others, and comes again", async (t) => {
  const { ids, runner, gaveWay, areWorkedOn, slow, finish } = await start(t, 5);
  const [first, second, third, fourth, fifth] = ids;
  await runner.tick();
  await areWorkedOn(first, second);
  slow(first);
  slow(second);
  await areWorkedOn(first, third, fourth);
  t.same(gaveWay, [second]);
  await finish(third);
  await areWorkedOn(first, fourth, fifth);
  t.same(gaveWay, [second], "it does not take a place of the others again");
  await finish(first);
  await areWorkedOn(second, fourth, fifth);
});

t.test("a slow row keeps its place while nobody needs it", async (t) => {
  const { ids, runner, gaveWay, areWorkedOn, slow, finish } = await start(t, 2);
  const [first, second] = ids;
  await runner.tick();
  await areWorkedOn(first, second);
  slow(first);
  slow(second);
  await runner.tick();
  t.same(gaveWay, []);
  await finish(first);
  await runner.tick();
  await areWorkedOn(second);
});
