import t, { type Test } from "tap";
import { claimRequest, releaseClaim } from "../../src/monitor/requests/claims.ts";
import { startMonitor } from "../helpers/app.ts";
import { finishRequest, queueRequest } from "../helpers/requests.ts";

async function prepare(t: Test) {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const id = await queueRequest(db, await monitor.addPosServer(), monitor.clock());
  return { db, id, now: monitor.clock(), claim: () => claimRequest(db, "logRequest", id) };
}

t.test("whoever is first gets it, and whoever comes when it is let go", async (t) => {
  const { db, id, claim } = await prepare(t);
  t.same(await Promise.all([claim(), claim()]), [true, false]);
  await releaseClaim(db, "logRequest", id);
  t.equal(await claim(), true);
});

t.test("a finished request is not claimed any more", async (t) => {
  const { db, id, now, claim } = await prepare(t);
  await finishRequest(db, id, now);
  t.equal(await claim(), false);
});

t.test("what a run of the monitor had claimed that has ended is free at once", async (t) => {
  const { db, claim } = await prepare(t);
  await db.updateTable("logRequest").set({ claimedBy: "a run that was killed" }).execute();
  t.equal(await claim(), true);
  t.equal(await claim(), false, "once");
});
