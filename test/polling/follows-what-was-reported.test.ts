import t from "tap";
import { nextStatus, type PosStatus } from "../../src/monitor/polling/next-status.ts";
import { START } from "../helpers/clock.ts";
import { failed, type Reported, received, reportAt } from "../helpers/outcomes.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

const MINUTE_MS = 60_000;

function afterReport(now: number, reported: Reported = {}, previous: PosStatus = neverPolled()) {
  return nextStatus(previous, received(now, reported), RULES);
}

t.test("a report fills every column", async (t) => {
  const { status } = afterReport(START, { syncedAgoMs: 40_000, error: "нет связи с ЁЛКОЙ" });
  t.match(status, {
    state: "sync_error",
    failed_polls: 0,
    failure_code: null,
    last_poll_at: START,
    last_update_at: START,
    last_sync_at: START - 40_000,
    last_attempt_at: START - 10_000,
    sync_error: "нет связи с ЁЛКОЙ",
    sync_error_at: START - 10_000,
    error_search: "нет связи с елкой",
    version: "34.2.117.0",
    version_sort: /^0000000034\.0000000002\.0000000117/,
    service_name: "iikoCard5POS",
    service_state: "running",
    database_exists: 1,
    database_bytes: 222298112,
    disk_free_bytes: 51234567168,
    disk_total_bytes: 127999672320,
    utc_offset_minutes: 180,
    clock_shift_ms: 0,
  });
});

t.test("times of a clock that is wrong are shifted to the monitor's", async (t) => {
  for (const clockAheadMs of [3 * 3_600_000, -26 * 3_600_000]) {
    const { status } = afterReport(START, { syncedAgoMs: 5 * MINUTE_MS, clockAheadMs });
    t.equal(status.last_sync_at, START - 5 * MINUTE_MS);
    t.equal(status.clock_shift_ms, -clockAheadMs);
    t.equal(status.state, "synced");
  }
});

t.test("nothing reported lies in the future", async (t) => {
  const { status } = afterReport(START, { syncedAgoMs: -5 * MINUTE_MS });
  t.equal(status.last_sync_at, START);
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
    version_sort: null,
    last_sync_at: null,
    service_state: null,
  });
  t.equal(status.last_update_at, START);

  const inside = {
    service: { name: null, state: null, startedAt: null },
    sync: { lastAttemptAt: null, lastSuccessAt: null, error: { at: null, message: "" } },
    database: { exists: null, bytes: null, createdAt: null, modifiedAt: null },
    disk: { freeBytes: null, totalBytes: null },
  };
  const outcome = { ok: true as const, report: { ...report, ...inside }, receivedAt: START };
  const { status: empty } = nextStatus(neverPolled(), outcome, RULES);
  t.match(empty, { state: "sync_error", database_exists: null, sync_error_at: null });
  t.equal(empty.sync_error, "");
  t.equal(empty.cause_key, "#", "a cause that an address can hold");
});

t.test("of an unsupported version nothing is kept but the version", async (t) => {
  const before = afterReport(START, { error: "boom" }).status;
  const { status } = afterReport(START + MINUTE_MS, { version: "33.9.9", error: "secret" }, before);
  t.match(status, { state: "unsupported", version: "33.9.9", last_update_at: START + MINUTE_MS });
  const allowed = [
    "pos_server_id",
    "state",
    "state_since",
    "failed_polls",
    "last_poll_at",
    "last_update_at",
    "has_exchanged",
    "told_state",
  ];
  for (const [column, value] of Object.entries(status)) {
    if (![...allowed, "version", "version_sort"].includes(column)) t.equal(value, null, column);
  }
});

t.test("a failed poll keeps what the last report said", async (t) => {
  const before = afterReport(START, { syncedAgoMs: 0 }).status;
  const { status, change } = nextStatus(
    before,
    failed(START + MINUTE_MS, "dns", "ENOTFOUND pos.example"),
    RULES,
  );
  t.same(status, {
    ...before,
    failed_polls: 1,
    failure_code: "dns",
    failure_detail: "ENOTFOUND pos.example",
    silent_since: START + MINUTE_MS,
    last_poll_at: START + MINUTE_MS,
  });
  t.equal(change, null);
});

t.test("a report after failures clears them", async (t) => {
  const unreachable = [1, 2, 3].reduce(
    (status, minute) => nextStatus(status, failed(START + minute * MINUTE_MS), RULES).status,
    afterReport(START).status,
  );
  t.match(unreachable, { state: "unreachable", failed_polls: 3, error_search: "refused" });
  const { status, change } = afterReport(START + 4 * MINUTE_MS, {}, unreachable);
  t.match(status, {
    state: "synced",
    failed_polls: 0,
    failure_code: null,
    failure_detail: null,
    cause_key: null,
  });
  t.match(status, { cause_since: null, error_search: null });
  t.match(change, { state: "synced", at: START + 4 * MINUTE_MS, cause_key: null, detail: null });
});

t.test("a transition is recorded only when the state changes", async (t) => {
  const first = afterReport(START);
  t.match(first.change, { pos_server_id: 7, state: "synced", at: START });
  const second = afterReport(START + MINUTE_MS, {}, first.status);
  t.equal(second.change, null);
  t.equal(second.status.state_since, START, "and since when stays");
  const third = afterReport(START + 2 * MINUTE_MS, { error: "Ошибка 17" }, second.status);
  t.match(third.change, { state: "sync_error", cause_key: "ошибка #", detail: "Ошибка 17" });
  t.equal(third.status.state_since, START + 2 * MINUTE_MS);
});

t.test("an error text of any length is cut", async (t) => {
  const { status } = afterReport(START, { error: "ы".repeat(60_000) });
  t.equal(status.sync_error?.length, 2_000);
});
