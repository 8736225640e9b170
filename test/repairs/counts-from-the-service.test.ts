import t from "tap";
import { restoredMs, runningSince } from "../../src/monitor/repairs/commands/restored-exchange.ts";
import { START } from "../helpers/clock.ts";

const run = { commandedAt: START, knownAt: START + 5_000, reportedAt: START + 3_000 };

t.test("a service ran from when it was known to, or began earlier by its own report", async (t) => {
  t.equal(runningSince(run, START + 25_000), START + 5_000);
  t.equal(runningSince(run, START + 4_000), START + 3_000, "the exchange came before anybody knew");
  t.equal(
    runningSince({ ...run, reportedAt: null }, START + 4_000),
    START,
    "nobody knows: not before it was told",
  );
  t.equal(runningSince({ ...run, reportedAt: START - 1 }, START + 4_000), START, "that was another start");
  t.equal(runningSince({ ...run, reportedAt: START + 4_500 }, START + 4_000), START, "so was that");
});

t.test("it took what lies between the times that are shown, a second at least", async (t) => {
  const repair = { requestedAt: START - 60_000, begunAt: START - 30_000 };
  t.equal(restoredMs({ ...repair, runsAt: START + 900, syncedAt: START + 20_100 }), 20_000);
  t.equal(restoredMs({ ...repair, runsAt: START, syncedAt: START + 400 }), 1_000);
  t.equal(restoredMs({ ...repair, runsAt: null, syncedAt: START }), 30_000, "when it ran was not noted then");
  t.equal(restoredMs({ ...repair, begunAt: null, runsAt: null, syncedAt: START }), 60_000);
  t.equal(restoredMs({ ...repair, runsAt: START, syncedAt: null }), null, "no exchange is known");
});
