import t from "tap";
import { keepFindings } from "../../src/monitor/database/keep-findings.ts";
import { createClock } from "../helpers/clock.ts";

const MAX_AGE_MS = 5_000;

/** What keeps at most two findings, and how often each key was looked for. */
function start() {
  const clock = createClock();
  const database = { current: 1, revision: () => database.current };
  const keep = keepFindings<string | null>({ database, maxKept: 2, maxAgeMs: MAX_AGE_MS, clock });
  const looks: Record<string, number> = {};
  const find = (key: string, found: () => string | null = () => key) =>
    keep(key, async () => {
      looks[key] = (looks[key] ?? 0) + 1;
      return found();
    });
  return { clock, database, find, looks };
}

t.test("a finding is kept until the revision is another one, or it is too old", async (t) => {
  const { clock, database, find, looks } = start();
  t.same(await Promise.all([find("a"), find("a")]), ["a", "a"], "who asks meanwhile waits for the same");
  clock.advance(MAX_AGE_MS - 1);
  await find("a");
  t.equal(looks.a, 1);
  clock.advance(1);
  await find("a");
  t.equal(looks.a, 2, "too old");
  database.current = -7;
  await find("a");
  t.equal(looks.a, 3, "another revision, larger or not");
  clock.advance(-MAX_AGE_MS);
  await find("a");
  t.equal(looks.a, 4, "the clock was turned back");
});

t.test("the one that was asked for longest ago goes first", async (t) => {
  const { find, looks } = start();
  for (const key of ["a", "b", "a", "c", "a", "b"]) await find(key);
  t.same(looks, { a: 1, b: 2, c: 1 });
});

t.test("what was not there and what failed is looked for again", async (t) => {
  const { find, looks } = start();
  const fail = () => {
    throw new Error("busy");
  };
  await t.rejects(find("a", fail), /busy/);
  t.equal(await find("a", () => null), null);
  t.equal(await find("a"), "a");
  t.equal(await find("a"), "a");
  t.equal(looks.a, 3);
});
