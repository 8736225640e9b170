import t from "tap";
import { walkThroughKills } from "../helpers/kill-walk.ts";

t.test("killed at each step of a reset that is undone, it is either undone or finished", async (t) => {
  const outcomes = await walkThroughKills(t, { failRenameOf: "pos.db-wal" });
  t.same(outcomes.at(-1), "old database");
  t.ok(outcomes.length >= 8, `${outcomes.length} places`);
});
