import t from "tap";
import { nextStatus, type PosStatus } from "../../src/monitor/polling/next-status.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { START } from "../helpers/clock.ts";
import { failed, type Reported, received, reportAt } from "../helpers/outcomes.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

function afterReport(now: number, reported: Reported = {}, previous: PosStatus = neverPolled()) {
  return nextStatus(previous, received(now, reported), RULES);
}

t.test("a report fills every column", async (t) => {
  const { status } = afterReport(START, { syncedAgoMs: 40_000, error: "нет связи с ЁЛКОЙ" });
  t.match(status, {
    state: "sync_error",
    failedPolls: 0,
    failureCode: null,
    lastPollAt: START,
    lastUpdateAt: START,
    lastSyncAt: START - 40_000,
    lastAttemptAt: START - 10_000,
    syncError: "нет связи с ЁЛКОЙ",
    syncErrorAt: START - 10_000,
    errorSearch: "нет связи с елкой",
    version: "34.2.117.0",
    versionSort: /^0000000034\.0000000002\.0000000117/,
    serviceName: "iikoCard5POS",
    serviceState: "running",
    databaseExists: 1,
    databaseBytes: 222298112,
    diskFreeBytes: 51234567168,
    diskTotalBytes: 127999672320,
    utcOffsetMinutes: 180,
    clockShiftMs: 0,
  });
});

t.test("times of a clock that is wrong are shifted to the monitor's", async (t) => {
  for (const clockAheadMs of [3 * 3_600_000, -26 * 3_600_000]) {
    const { status } = afterReport(START, { syncedAgoMs: 5 * MINUTE_MS, clockAheadMs });
    t.equal(status.lastSyncAt, START - 5 * MINUTE_MS);
    t.equal(status.clockShiftMs, -clockAheadMs);
    t.equal(status.state, "synced");
  }
});

t.test("nothing reported lies in the future", async (t) => {
  const { status } = afterReport(START, { syncedAgoMs: -5 * MINUTE_MS });
  t.equal(status.lastSyncAt, START);
});

t.test("a report of nulls is saved as unknown", async (t) => {
  const nothing = {
    version: null,
    utcOffsetMinutes: null,
    service: null,
    sync: null,
    database: null,
    disk: null,
  };
  const report = { ...reportAt(START), ...nothing };
  const { status } = nextStatus(neverPolled(), { ok: true, report, receivedAt: START }, RULES);
  t.match(status, {
    state: "sync_stale",
    version: null,
    versionSort: null,
    lastSyncAt: null,
    serviceState: null,
  });
  t.equal(status.lastUpdateAt, START);

  const inside = {
    service: { name: null, state: null, startedAt: null },
    sync: { lastAttemptAt: null, lastSuccessAt: null, error: { at: null, message: "" } },
    database: { exists: null, bytes: null, createdAt: null, modifiedAt: null },
    disk: { freeBytes: null, totalBytes: null },
  };
  const outcome = { ok: true as const, report: { ...report, ...inside }, receivedAt: START };
  const { status: empty } = nextStatus(neverPolled(), outcome, RULES);
  t.match(empty, { state: "sync_error", databaseExists: null, syncErrorAt: null });
  t.equal(empty.syncError, "");
  t.equal(empty.causeKey, "#", "a cause that an address can hold");
});

t.test("of an unsupported version nothing is kept but the version", async (t) => {
  const before = afterReport(START, { error: "boom" }).status;
  const { status } = afterReport(START + MINUTE_MS, { version: "33.9.9", error: "secret" }, before);
  t.match(status, { state: "unsupported", version: "33.9.9", lastUpdateAt: START + MINUTE_MS });
  const allowed = [
    "posServerId",
    "state",
    "stateSince",
    "failedPolls",
    "lastPollAt",
    "lastUpdateAt",
    "hasExchanged",
    "stateBefore",
  ];
  for (const [column, value] of Object.entries(status)) {
    if (![...allowed, "version", "versionSort"].includes(column)) t.equal(value, null, column);
  }
});

t.test("a failed poll keeps what the last report said", async (t) => {
  const before = afterReport(START, { syncedAgoMs: 0 }).status;
  const failure = failed(START + MINUTE_MS, "dns", "ENOTFOUND pos.example");
  const { status, change } = nextStatus(before, failure, RULES);
  t.same(status, {
    ...before,
    failedPolls: 1,
    failureCode: "dns",
    failureDetail: "ENOTFOUND pos.example",
    silentSince: START + MINUTE_MS,
    lastPollAt: START + MINUTE_MS,
  });
  t.equal(change, null);
});

t.test("a report after failures clears them", async (t) => {
  const unreachable = [1, 2, 3].reduce(
    (status, minute) => nextStatus(status, failed(START + minute * MINUTE_MS), RULES).status,
    afterReport(START).status,
  );
  t.match(unreachable, { state: "unreachable", failedPolls: 3, errorSearch: "refused" });
  const { status, change } = afterReport(START + 4 * MINUTE_MS, {}, unreachable);
  t.match(status, {
    state: "synced",
    failedPolls: 0,
    failureCode: null,
    failureDetail: null,
    causeKey: null,
  });
  t.match(status, { causeSince: null, errorSearch: null });
  t.match(change, { state: "synced", at: START + 4 * MINUTE_MS, causeKey: null, detail: null });
});

t.test("a transition is recorded only when the state changes", async (t) => {
  const first = afterReport(START);
  t.match(first.change, { posServerId: 7, state: "synced", at: START });
  const second = afterReport(START + MINUTE_MS, {}, first.status);
  t.equal(second.change, null);
  t.equal(second.status.stateSince, START, "and since when stays");
  const third = afterReport(START + 2 * MINUTE_MS, { error: "Ошибка 17" }, second.status);
  t.match(third.change, { state: "sync_error", causeKey: null, detail: "Ошибка 17" });
  t.equal(third.status.causeKey, "ошибка #");
  t.equal(third.status.stateSince, START + 2 * MINUTE_MS);
});

t.test("an error text of any length is cut", async (t) => {
  const { status } = afterReport(START, { error: "ы".repeat(60_000) });
  t.equal(status.syncError?.length, 2_000);
});
