import t from "tap";
import { POS_SERVER_STATES, PROBLEM_STATES } from "../../src/monitor/fleet/state.ts";
import { startMonitor } from "../helpers/app.ts";

t.test("the columns by which the list is sorted rank states as the program does", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const id = await monitor.addPosServer();
  for (const [rank, state] of POS_SERVER_STATES.entries()) {
    await db.updateTable("posStatus").set({ state, stateSince: 5, errorSearch: null }).execute();
    const columns = db.selectFrom("posStatus").select(["stateRank", "stateAge", "errorRank"]);
    const expected = {
      stateRank: rank,
      stateAge: state === "synced" ? -5 : 5,
      errorRank: 1 + (PROBLEM_STATES.includes(state) ? rank : PROBLEM_STATES.length),
    };
    t.same(await columns.where("posServerId", "=", id).executeTakeFirst(), expected, state);
  }
  await db.updateTable("posStatus").set({ errorSearch: "boom" }).execute();
  t.same(await db.selectFrom("posStatus").select("errorRank").execute(), [{ errorRank: 0 }]);
});
