import t from "tap";
import { nextStatus, type PosStatus } from "../../src/monitor/polling/next-status.ts";
import type { ReportedCheck, StatusReport } from "../../src/protocol/status-report.ts";
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
  const long = afterReport(START, { error: "ы".repeat(60_000) }).status;
  t.equal(long.syncError?.length, 2_000, "an error text of any length is cut");
});

t.test("times of a clock that is wrong are shifted to the monitor's", async (t) => {
  for (const clockAheadMs of [3 * 3_600_000, -26 * 3_600_000]) {
    const { status } = afterReport(START, { syncedAgoMs: 5 * MINUTE_MS, clockAheadMs });
    t.equal(status.lastSyncAt, START - 5 * MINUTE_MS);
    t.equal(status.clockShiftMs, -clockAheadMs);
    t.equal(status.state, "synced");
  }
  const ofTheFuture = afterReport(START, { syncedAgoMs: -5 * MINUTE_MS });
  t.equal(ofTheFuture.status.lastSyncAt, START, "nothing reported lies in the future");
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
  t.match(status, { state: "sync_stale", lastUpdateAt: START, lastSyncAt: null });
  t.match(status, { version: null, versionSort: null, serviceState: null });

  const inside = {
    service: { name: null, state: null, startedAt: null },
    sync: { lastAttemptAt: null, lastSuccessAt: null, error: { at: null, message: "" } },
    database: { exists: null, bytes: null, createdAt: null, modifiedAt: null },
    disk: { freeBytes: null, totalBytes: null },
  };
  const outcome = { ok: true as const, report: { ...report, ...inside }, receivedAt: START };
  const { status: empty } = nextStatus(neverPolled(), outcome, RULES);
  t.match(empty, { state: "sync_error", databaseExists: null, syncError: "", syncErrorAt: null });
  t.equal(empty.causeKey, "#", "a cause that an address can hold");
});

t.test("of an unsupported version nothing is kept but the version", async (t) => {
  const before = afterReport(START, { error: "boom" }).status;
  const { status } = afterReport(START + MINUTE_MS, { version: "33.9.9", error: "secret" }, before);
  t.match(status, { state: "unsupported", version: "33.9.9", lastUpdateAt: START + MINUTE_MS });
  const kept =
    "posServerId state stateSince failuresInRow failedPolls lastPollAt lastUpdateAt hasExchanged stateBefore version versionSort";
  for (const [column, value] of Object.entries(status))
    if (!kept.split(" ").includes(column)) t.equal(value, null, column);
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
  t.match(status, { state: "synced", failedPolls: 0, failureCode: null, failureDetail: null });
  t.match(status, { causeKey: null, causeSince: null, errorSearch: null });
  t.match(change, { state: "synced", at: START + 4 * MINUTE_MS, causeKey: null, detail: null });
});

t.test("a transition is recorded only when the state changes", async (t) => {
  const first = afterReport(START);
  t.match(first.change, { posServerId: 7, state: "synced", at: START });
  const second = afterReport(START + MINUTE_MS, {}, first.status);
  t.equal(second.change, null);
  t.equal(second.status.stateSince, START, "and since when stays");
  const third = afterReport(START + 2 * MINUTE_MS, { error: "Ошибка 17" }, second.status);
  t.match(third.change, { state: "sync_error", causeKey: "ошибка #", detail: "Ошибка 17" });
  t.equal(third.status.causeKey, "ошибка #");
  t.equal(third.status.stateSince, START + 2 * MINUTE_MS);
});

type Service = NonNullable<StatusReport["service"]>["state"];

interface Notified {
  /** null = the agent could not tell what the service does, nor when it exchanged. */
  service: Service | null;
  /** What its port did; undefined = nobody looked. */
  port?: ReportedCheck["outcome"];
  /** When the agent looked, ms UTC, if not now; null = it does not say. */
  lookedAt?: number | null;
  error?: string;
  version?: string;
}

function outcomeOf({ service, port, lookedAt, error, version }: Notified, now: number) {
  const at = lookedAt === undefined ? now : lookedAt;
  return received(now, {
    ...(version && { version }),
    error: error ?? null,
    service: service && { name: "iikoCard5POS", state: service, startedAt: null },
    syncedAgoMs: service === null ? null : MINUTE_MS,
    checks: port
      ? [{ id: "port", outcome: port, value: "7001", at: at === null ? null : new Date(at).toISOString() }]
      : null,
  });
}

/** What follows from a report, or a failed poll, of each minute. */
function after(told: (Notified | "failed")[]) {
  let status = neverPolled();
  let changes = 0;
  const states = told.map((one, minute) => {
    const now = START + minute * MINUTE_MS;
    const next = nextStatus(status, one === "failed" ? failed(now) : outcomeOf(one, now), RULES);
    status = next.status;
    if (next.change) changes++;
    return status.state;
  });
  return { states, status, changes };
}

const lastState = (...told: (Notified | "failed")[]) => after(told).states.at(-1);
const reported = (...services: (Service | null | "failed")[]) =>
  services.map((service) => (service === "failed" ? service : { service }));
/** Reports of a service that runs, with what its port did. */
const looks = (...ports: (ReportedCheck["outcome"] | "none")[]): Notified[] =>
  ports.map((port) => (port === "none" ? { service: "running" } : { service: "running", port }));

const ok: Notified = { service: "running", port: "ok" };
const silent: Notified = { service: "running", port: "failed" };

const DOWN = "service_stopped";
const times = <Value>(count: number, value: Value): Value[] => Array(count).fill(value);

const UNREAD: [string, (Service | null | "failed")[], string[]][] = [
  ["one report without it", ["stopped", null, "stopped"], times(3, DOWN)],
  [
    "ten minutes without it, then another",
    ["stopped", ...times(11, null)],
    [...times(11, DOWN), "sync_stale"],
  ],
  [
    "a report with it begins the time anew",
    ["stopped", ...times(10, null), "stopped", ...times(10, null)],
    times(22, DOWN),
  ],
  ["one that the agent does not understand", ["stopped", "unknown", "stopped"], times(3, DOWN)],
  ["one that it has never understood", ["unknown", "unknown"], times(2, "synced")],
  ["one that was never known", [null, null], times(2, "sync_stale")],
  ["one that runs again", ["stopped", null, "running"], [DOWN, DOWN, "synced"]],
  ["a poll that failed in between", ["stopped", null, "failed", null], times(4, DOWN)],
];

t.test("a service that a report does not tell of is as it was", async (t) => {
  for (const [words, told, states] of UNREAD) t.same(after(reported(...told)).states, states, words);
});

t.test("many polls in a moment wear nothing out", async (t) => {
  const { status: before } = after(reported("stopped"));
  let status = before;
  for (let poll = 1; poll <= 50; poll += 1)
    ({ status } = nextStatus(status, outcomeOf({ service: null }, START + poll * 100), RULES));
  t.match(status, { state: "service_stopped", stateSince: before.stateSince });
});

t.test("the trouble keeps its age, and the history no word of it", async (t) => {
  const { status, changes } = after(reported("running", "stopped", null, null, "stopped"));
  const since = START + MINUTE_MS;
  t.match(status, { state: "service_stopped", stateSince: since, problemSince: since });
  t.equal(changes, 2);
});

t.test("a port that has answered here and is silent in two reports in a row serves nobody", async (t) => {
  const { states } = after(looks("ok", "failed", "failed", "failed", "ok"));
  t.same(states, ["synced", "synced", "not_serving", "not_serving", "synced"]);
  const unread: Notified = { service: null, port: "failed" };
  t.equal(lastState(ok, silent, silent, unread, silent), "not_serving", "also while the service is not read");
  const failing = { ...silent, error: "ошибка 17" };
  t.equal(lastState(ok, failing, failing), "not_serving", "it comes before an error of the exchange");
});

t.test("one that has never answered here, or that nobody looks at, is not blamed", async (t) => {
  for (const ports of [
    ["failed", "failed", "failed", "failed"],
    ["unknown", "failed", "failed", "failed"],
    ["none", "none", "none"],
    ["ok", "none", "none", "none"],
  ] as const)
    t.same([...new Set(after(looks(...ports)).states)], ["synced"], ports.join());
});

t.test("what is between two silences ends the row, failed polls do not", async (t) => {
  t.equal(lastState(...looks("ok", "failed", "unknown", "failed")), "synced");
  t.equal(lastState(...looks("ok", "failed", "ok", "failed")), "synced");
  t.equal(lastState(...looks("ok", "none", "failed", "failed")), "not_serving", "it has answered before");
  t.equal(lastState(ok, silent, "failed", silent), "not_serving");
});

t.test("one look counts once, however often it is reported", async (t) => {
  const stale = { ...silent, lookedAt: START + MINUTE_MS };
  t.equal(lastState(ok, stale, stale, stale), "synced");
  t.equal(lastState(ok, stale, { ...silent, lookedAt: START + 2 * MINUTE_MS }), "not_serving");
  const untimed = { ...silent, lookedAt: null };
  t.equal(lastState(ok, untimed, untimed), "not_serving");
});

t.test("while the service does not run its port says nothing, and gets time to answer again", async (t) => {
  const stopped: Notified = { service: "stopped", port: "failed" };
  const { states } = after([ok, stopped, stopped, silent, silent]);
  t.same(states, ["synced", "service_stopped", "service_stopped", "synced", "not_serving"]);
  const starting: Notified = { service: "starting", port: "failed" };
  t.equal(lastState(ok, starting, starting, starting), "synced");
});
