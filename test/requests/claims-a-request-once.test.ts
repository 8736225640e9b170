import t from "tap";
import { claimRequest, releaseClaim } from "../../src/monitor/requests/claims.ts";
import { startMonitor } from "../helpers/app.ts";
import { finishRequest, queueRequest } from "../helpers/requests.ts";

t.test("whoever is first gets a request, and whoever comes when it is free", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const id = await queueRequest(db, await monitor.addPosServer(), monitor.clock());
  const claim = () => claimRequest(db, "logRequest", id);
  t.same(await Promise.all([claim(), claim()]), [true, false]);
  await releaseClaim(db, "logRequest", id);
  t.equal(await claim(), true);
  await db.updateTable("logRequest").set({ claimedBy: "a run that was killed" }).execute();
  t.equal(await claim(), true, "a run of the monitor that has ended has nothing");
  t.equal(await claim(), false, "once");
  await releaseClaim(db, "logRequest", id);
  await finishRequest(db, id, monitor.clock());
  t.equal(await claim(), false);
});
