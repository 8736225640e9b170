import t from "tap";
import { compareVersions, versionSortKey } from "../../src/protocol/versions.ts";

const ASCENDING = ["0", "9.9", "33.9.9", "34", "34.0.1", "34.9", "34.10", "34.10.0.1", "9999999999.1"];

t.test("versions are compared segment by segment, as numbers", async (t) => {
  const pairs = ASCENDING.flatMap((lower, index) =>
    ASCENDING.slice(index + 1).map((higher) => [lower, higher] as const),
  );
  t.same(
    pairs.filter(([lower, higher]) => !((compareVersions(lower, higher) ?? 0) < 0)),
    [],
    "the lower one is lower",
  );
  t.same(
    pairs.filter(([lower, higher]) => !((compareVersions(higher, lower) ?? 0) > 0)),
    [],
    "and the higher one higher",
  );
});

t.test("missing segments, leading zeros and spaces around make no difference", async (t) => {
  t.equal(compareVersions("34", "34.0.0.0"), 0);
  t.equal(compareVersions("34.02", "34.2"), 0);
  t.equal(compareVersions(" 34.2\n", "34.2"), 0);
  t.equal(versionSortKey("34.000000000000002"), versionSortKey("34.2"));
});

t.test("sort keys as plain text have the order of the versions", async (t) => {
  const keys = ASCENDING.map(versionSortKey);
  t.same([...keys].sort(), keys);
});

for (const text of [
  "",
  ".",
  "34.",
  ".34",
  "34..2",
  "v34",
  "34.2-beta",
  "-1",
  "1e3",
  "٣٤",
  "34.2.3.4.5.6.7",
  "12345678901",
]) {
  t.test(`"${text}" is no version`, async (t) => {
    t.equal(versionSortKey(text), null);
    t.equal(compareVersions(text, "34"), null);
    t.equal(compareVersions("34", text), null);
  });
}
