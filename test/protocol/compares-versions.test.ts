import t from "tap";
import { compareVersions, versionSortKey } from "../../src/protocol/versions.ts";

const ASCENDING = ["0", "9.9", "33.9.9", "34", "34.0.1", "34.9", "34.10", "34.10.0.1", "9999999999.1"];

t.test("versions are compared segment by segment, as numbers", async (t) => {
  for (const [index, lower] of ASCENDING.entries())
    for (const higher of ASCENDING.slice(index + 1)) {
      t.ok(Number(compareVersions(lower, higher)) < 0, `${lower} is lower than ${higher}`);
      t.ok(Number(compareVersions(higher, lower)) > 0, `${higher} is higher than ${lower}`);
    }
});

t.test("missing segments, zeros and spaces make no difference, sort keys have the same order", async (t) => {
  t.equal(compareVersions("34", "34.0.0.0"), 0);
  t.equal(compareVersions("34.02", "34.2"), 0);
  t.equal(compareVersions(" 34.2\n", "34.2"), 0);
  t.equal(versionSortKey("34.000000000000002"), versionSortKey("34.2"));
  const keys = ASCENDING.map(versionSortKey);
  t.same([...keys].sort(), keys);
});

const SHORT = ["", ".", "34.", ".34", "34..2", "v34", "34.2-beta", "-1", "1e3", "٣٤"];

t.test("what is no version is not compared", async (t) => {
  for (const text of [...SHORT, "34.2.3.4.5.6.7", "12345678901"]) {
    const found = [versionSortKey(text), compareVersions(text, "34"), compareVersions("34", text)];
    t.same(found, [null, null, null], text);
  }
});
