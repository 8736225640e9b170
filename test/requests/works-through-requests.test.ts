import { once } from "node:events";
import t, { type Test } from "tap";
import { claimRequest, releaseClaim } from "../../src/monitor/requests/claims.ts";
import { createRunner, type RunnerOptions, WorkEndedError } from "../../src/monitor/requests/runner.ts";
import { startMonitor } from "../helpers/app.ts";
import { finishRequest, queueRequest } from "../helpers/requests.ts";
import { changeRows, readRow } from "../helpers/rows.ts";
import { waitFor } from "../helpers/wait-for.ts";

async function prepare(t: Test) {
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const { db, sqlite } = app.database;
  const posServerId = await monitor.addPosServer();
  const started: number[] = [];

  async function listClaimable() {
    const open = db.selectFrom("logRequest").select("id").where("finishedAt", "is", null);
    return (await open.orderBy("id").execute()).map(({ id }) => ({ id, share: "anna" }));
  }

  function run(does: RunnerOptions["work"], more: Partial<RunnerOptions> = {}) {
    const work: typeof does = (id, signal) => {
      started.push(id);
      return does(id, signal);
    };
    const options = { db, table: "logRequest", places: 2, placesEach: 2, listClaimable, work } as const;
    const runner = createRunner({ ...options, log: app.log, monotonicClock: clock, ...more });
    t.teardown(() => runner.stop());
    return runner;
  }

  return {
    db,
    sqlite,
    clock,
    started,
    run,
    queue: () => queueRequest(db, posServerId, clock()),
    finish: (id: number) => finishRequest(db, id, clock()),
    claimOf: async (id: number) => (await readRow(db, "logRequest", { id })).claimedBy,
  };
}

async function untilTold(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await once(signal, "abort");
  throw signal.reason;
}

t.test("works on as many at once as there are places, then on the next", async (t) => {
  const { started, run, queue, finish } = await prepare(t);
  const ids = [await queue(), await queue(), await queue()];
  const gates = new Map(ids.map((id) => [id, Promise.withResolvers<void>()]));
  const runner = run(async (id) => {
    await gates.get(id)?.promise;
    await finish(id);
  });
  await runner.tick();
  await runner.tick();
  t.same(started, ids.slice(0, 2));
  gates.get(ids[0] ?? 0)?.resolve();
  await waitFor(() => started.length === 3);
  for (const gate of gates.values()) gate.resolve();
  await runner.idle();
  t.same(started, ids, "each once");
});

t.test("shares are worked on in turn, and none takes the places of others", async (t) => {
  const { started, run, queue, finish } = await prepare(t);
  const shares = new Map<number, string>();
  const add = async (share: string) => shares.set(await queue(), share);
  const listClaimable = async () => [...shares].map(([id, share]) => ({ id, share }));
  for (const share of "aaabbcc") await add(share);
  const names = new Map(shares);
  const oneByOne = run(
    async (id) => {
      shares.delete(id);
      await finish(id);
    },
    { listClaimable, places: 1, placesEach: 1 },
  );
  await oneByOne.tick();
  await waitFor(() => shares.size === 0);
  await oneByOne.idle();
  t.equal(started.map((id) => names.get(id)).join(""), "abcabca");

  started.length = 0;
  const hanging = run((_id, signal) => untilTold(signal), { listClaimable, places: 3, placesEach: 2 });
  for (const share of "aaa") await add(share);
  await hanging.tick();
  t.equal(started.length, 2);
  await add("b");
  await hanging.tick();
  t.equal(shares.get(started[2] ?? 0), "b");
});

t.test("whoever is first gets a request, and whoever comes when it is free", async (t) => {
  const { db, started, run, queue, finish } = await prepare(t);
  const [taken, free] = [await queue(), await queue()];
  const claim = () => claimRequest(db, "logRequest", taken);
  t.same(await Promise.all([claim(), claim()]), [true, false]);
  const runner = run(finish);
  await runner.tick();
  await runner.idle();
  t.same(started, [free], "what is worked on elsewhere is left alone");
  await runner.stop();
  await releaseClaim(db, "logRequest", taken);
  t.equal(await claim(), true);
  await changeRows(db, "logRequest", { claimedBy: "a run that was killed" });
  t.equal(await claim(), true, "a run of the monitor that has ended has nothing");
  t.equal(await claim(), false, "once");
  await releaseClaim(db, "logRequest", taken);
  await finish(taken);
  t.equal(await claim(), false);
});

t.test("stopping ends the work and lets the rows go", async (t) => {
  const { started, run, queue, finish, claimOf } = await prepare(t);
  const id = await queue();
  const runner = run((_id, signal) => untilTold(signal));
  await runner.tick();
  t.ok(await claimOf(id));
  await runner.stop();
  t.equal(await claimOf(id), null);
  await runner.tick();
  t.same(started, [id], "nothing starts any more");

  const next = run(finish);
  await next.tick();
  await next.idle();
  t.same(started, [id, id]);
});

t.test("tells the work on a request that was decided elsewhere to end", async (t) => {
  const { run, queue, finish, started } = await prepare(t);
  const id = await queue();
  const reasons: unknown[] = [];
  const runner = run(async (_id, signal) => {
    await untilTold(signal).catch((reason) => {
      reasons.push(reason);
      throw reason;
    });
  });
  await runner.tick();
  await finish(id);
  runner.interrupt(id);
  await runner.idle();
  t.match(reasons, [WorkEndedError]);
  t.same(started, [id]);
});

t.test("after a defect the row is tried again, but later", async (t) => {
  const { clock, started, run, queue, finish } = await prepare(t);
  const id = await queue();
  const runner = run(async (id) => {
    if (started.length === 1) throw new TypeError("a defect");
    await finish(id);
  });
  await runner.tick();
  await runner.idle();
  await runner.tick();
  await runner.idle();
  t.same(started, [id], "not at once");
  clock.advance(60_000);
  await runner.tick();
  await runner.idle();
  t.same(started, [id, id]);
});

t.test("a row that cannot be let go is let go once the database is written again", async (t) => {
  const { sqlite, clock, started, run, queue, finish, claimOf } = await prepare(t);
  const id = await queue();
  const runner = run(async (id) => {
    if (started.length === 2) await finish(id);
  });
  sqlite.exec(`create temp trigger full before update of claimed_by on log_request when new.claimed_by is null
    begin select raise(abort, 'the disk is full'); end`);
  await runner.tick();
  await runner.idle();
  clock.advance(60_000);
  await runner.tick();
  t.ok(await claimOf(id));
  sqlite.exec("drop trigger full");
  clock.advance(60_000);
  await runner.tick();
  await runner.idle();
  t.same(started, [id, id]);
});
