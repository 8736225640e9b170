import t from "tap";
import type { TimeByState } from "../../src/monitor/pos-servers/availability.ts";
import { pictureOf } from "../../src/monitor/pos-servers/availability-picture.ts";

function partsOf(timeByState: TimeByState) {
  const { bars, backHeight, height } = pictureOf([{ from: 0, to: 1_000, timeByState }], 0.1);
  return { parts: bars[0]?.parts ?? [], backHeight, height };
}

t.test("a working exchange fills its bar, a failing one reaches lower", (t) => {
  const { parts, backHeight } = partsOf({ synced: 1_000 });
  t.same(parts, [{ state: "synced", y: 0, height: backHeight }]);
  const failing = partsOf({ sync_error: 1_000 });
  t.same(failing.parts, [{ state: "sync_error", y: 0, height: failing.height }]);
  t.ok(failing.height > failing.backHeight);
  t.end();
});

t.test("a failure of a moment is seen below the exchange that worked the rest of the time", (t) => {
  const { parts, height } = partsOf({ synced: 999, unreachable: 1 });
  const [failing, exchanging] = parts;
  t.same([failing?.state, exchanging?.state], ["unreachable", "synced"]);
  t.ok((failing?.height ?? 0) > 10);
  t.equal((failing?.y ?? 0) + (failing?.height ?? 0), height);
  t.same([exchanging?.y, exchanging?.height], [0, failing?.y]);
  t.end();
});

t.test("the worst of several failures is at the bottom, and they take no more than their time", (t) => {
  const { parts, backHeight } = partsOf({ synced: 400, sync_stale: 300, sync_error: 300 });
  t.same(
    parts.map(({ state }) => state),
    ["sync_error", "sync_stale", "synced"],
  );
  t.equal(parts[2]?.height, Math.round(0.4 * backHeight * 10) / 10);
  t.end();
});

t.test("what is neither good nor bad is a line, and the unknown is left empty", (t) => {
  const { parts, backHeight } = partsOf({ parked: 600, pending: 400 });
  t.equal(parts.length, 1);
  t.equal(parts[0]?.state, "parked");
  t.ok((parts[0]?.height ?? 0) < backHeight / 2);
  t.same(partsOf({}).parts, []);
  t.same(
    partsOf({ parked: 600, synced: 400 }).parts.map(({ state }) => state),
    ["synced"],
  );
  t.end();
});
