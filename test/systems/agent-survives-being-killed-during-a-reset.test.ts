import t from "tap";
import { walkThroughKills } from "../helpers/kill-walk.ts";

t.test("killed at each step of a reset, it ends with the old database or the new one", async (t) => {
  const outcomes = await walkThroughKills(t, {});
  t.same([...new Set(outcomes)], ["old database", "new database"], "undone first, finished later");
  t.ok(outcomes.length >= 8, `${outcomes.length} places`);
});
