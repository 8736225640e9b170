import t from "tap";
import {
  filterUrl,
  type PosServerFilter,
  parseFilter,
  type RawQuery,
} from "../../src/monitor/filter/filter.ts";

const DEFAULT: PosServerFilter = {
  organizationId: null,
  tagId: null,
  period: { count: 1, unit: "days" },
  isSyncedHidden: false,
  state: null,
  scope: "listed",
  causeKey: null,
  change: null,
  isByGuess: false,
  logSearchId: null,
  openCause: null,
  search: "",
  sort: { column: "state", isDescending: false },
  page: 1,
};

const UNDERSTOOD: [string, Partial<PosServerFilter>][] = [
  ["", {}],
  ["organization=7", { organizationId: 7 }],
  ["organization=", {}],
  ["tag=3", { tagId: 3 }],
  ["period=3&unit=hours", { period: { count: 3, unit: "hours" } }],
  ["period=45&unit=minutes", { period: { count: 45, unit: "minutes" } }],
  ["period=2", { period: { count: 2, unit: "days" } }],
  ["period=&unit=hours", {}],
  ["hideSynced=1", { isSyncedHidden: true }],
  ["hideSynced=0", {}],
  ["state=sync_error", { state: "sync_error", period: null }],
  ["state=sync_error&period=2&unit=hours", { state: "sync_error", period: { count: 2, unit: "hours" } }],
  ["found=7", { logSearchId: 7, period: null }],
  ["scope=outside", { scope: "outside" }],
  ["scope=outside&state=synced", { scope: "outside", state: "synced" }],
  ["scope=parked", { scope: "parked", period: null }],
  ["scope=parked&period=1&unit=days", { scope: "parked" }],
  ["cause=dns%3A+enotfound+%23", { causeKey: "dns: enotfound #", period: null }],
  ["q=%20%D0%81%D0%BB%D0%BA%D0%B0%20", { search: "Ёлка" }],
  ["sort=-lastSyncAt", { sort: { column: "lastSyncAt", isDescending: true } }],
  ["sort=name", { sort: { column: "name", isDescending: false } }],
  ["page=12", { page: 12 }],
];

function queryOf(text: string): RawQuery {
  return Object.fromEntries(new URLSearchParams(text));
}

t.test("a query is understood, and the address of its filter gives the same one", async (t) => {
  for (const [text, expected] of UNDERSTOOD) {
    const { filter, problems } = parseFilter(queryOf(text));
    t.same({ filter, problems }, { filter: { ...DEFAULT, ...expected }, problems: {} }, text);
    const url = filterUrl(filter);
    t.match(url, /^\/pos-servers(\?|$)/);
    t.same(parseFilter(queryOf(url.split("?")[1] ?? "")), { filter, problems }, url);
  }
});

t.test("defaults are left out of the address", async (t) => {
  t.equal(filterUrl(DEFAULT), "/pos-servers");
  t.equal(filterUrl({ ...DEFAULT, state: "synced" }), "/pos-servers?period=1&unit=days&state=synced");
  t.equal(filterUrl({ ...DEFAULT, state: "synced", period: null }), "/pos-servers?state=synced");
});

const HUGE = "9".repeat(400);
const MALFORMED: [string, string[]][] = [
  ["organization", ["x", "-1", "0", "1.5", "1e3", "0x10", HUGE, "9007199254740993", "٣"]],
  ["tag", ["x", "-1", "0", "Москва", HUGE]],
  ["period", ["x", "-1", "0", "1.5", "100001", HUGE, "1 2"]],
  ["unit", ["weeks", "Days", "constructor", "__proto__"]],
  ["state", ["broken", "SYNCED", "parked", "toString"]],
  ["scope", ["all", "Listed"]],
  ["sort", ["--name", "-", "constructor", "name desc", "state;drop table"]],
  ["page", ["x", "0", "-3", "2.5", "100001", HUGE]],
  ["q", ["ы".repeat(201)]],
  ["cause", ["ы".repeat(301)]],
];

t.test("what is malformed falls back to the default and is named", async (t) => {
  for (const [field, values] of MALFORMED)
    for (const value of values) {
      const expected = { filter: DEFAULT, problems: { [field]: value.slice(0, 200) } };
      t.same(parseFilter({ [field]: value }), expected, `${field}=${value.slice(0, 20)}`);
    }
  t.match(parseFilter({ period: "3", unit: "weeks" }), {
    filter: { period: DEFAULT.period },
    problems: { unit: "weeks" },
  });
});

t.test("of a repeated value the last one counts, and what is no text is not there", async (t) => {
  t.equal(parseFilter({ page: ["x", "3"] }).filter.page, 3);
  t.match(parseFilter({ page: ["3", "x"] }), { filter: { page: 1 }, problems: { page: "x" } });
  t.same(parseFilter({ page: [] }).filter, DEFAULT);
  const strange = { organization: { a: 1 }, period: null, unit: 7, q: undefined, sort: true, page: [[1]] };
  t.same(parseFilter({ ...strange, other: "x" }), { filter: DEFAULT, problems: {} });
});
