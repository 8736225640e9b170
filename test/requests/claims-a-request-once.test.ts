import t, { type Test } from "tap";
import { claimRequest, LEASE_MS, releaseClaim, renewClaim } from "../../src/monitor/requests/leases.ts";
import { startMonitor } from "../helpers/app.ts";
import { finishRequest, queueRequest } from "../helpers/requests.ts";

const DAY_MS = 86_400_000;

async function prepare(t: Test) {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const id = await queueRequest(db, await monitor.addPosServer(), monitor.clock());
  const claimOf = (claimant: string) => ({ table: "log_request" as const, id, claimant });
  return { db, id, clock: monitor.clock, one: claimOf("one"), other: claimOf("other") };
}
t.test("of two processes one gets it", async (t) => {
  const { db, clock, one, other } = await prepare(t);
  t.equal(await claimRequest(db, one, clock()), true);
  t.equal(await claimRequest(db, other, clock()), false);
  t.equal(await claimRequest(db, one, clock()), false, "not even twice by the same");
});

t.test("whoever goes on renewing keeps it, whoever does not loses it", async (t) => {
  const { db, clock, one, other } = await prepare(t);
  await claimRequest(db, one, clock());
  clock.advance(LEASE_MS - 1);
  t.equal(await renewClaim(db, one, clock()), true);
  clock.advance(LEASE_MS - 1);
  t.equal(await claimRequest(db, other, clock()), false);
  clock.advance(1);
  t.equal(await claimRequest(db, other, clock()), true);
  t.equal(await renewClaim(db, one, clock()), false, "and is told");
});

t.test("a request that is let go is free at once, or from the time given on", async (t) => {
  const { db, clock, one, other } = await prepare(t);
  await claimRequest(db, one, clock());
  await releaseClaim(db, other);
  t.equal(await claimRequest(db, other, clock()), false, "another cannot let it go");
  await releaseClaim(db, one, clock() + 1000);
  t.equal(await claimRequest(db, other, clock()), false);
  clock.advance(1000);
  t.equal(await claimRequest(db, other, clock()), true);
  await releaseClaim(db, other);
  t.equal(await claimRequest(db, one, clock()), true);
});

t.test("a finished request is neither claimed nor renewed", async (t) => {
  const { db, id, clock, one, other } = await prepare(t);
  await claimRequest(db, one, clock());
  await finishRequest(db, id, clock());
  t.equal(await renewClaim(db, one, clock()), false);
  clock.advance(LEASE_MS);
  t.equal(await claimRequest(db, other, clock()), false);
});

t.test("what was claimed while the clock was a day ahead is free, and not for a day", async (t) => {
  const { db, clock, one, other } = await prepare(t);
  clock.advance(DAY_MS);
  await claimRequest(db, one, clock());
  clock.advance(-DAY_MS);
  t.equal(await claimRequest(db, other, clock()), true);
  t.equal(await renewClaim(db, one, clock()), false, "the one who has it no more is told");
});
