import t from "tap";
import { findCommonNewestVersion } from "../../src/monitor/fleet/fleet.ts";
import {
  decideState,
  type PosServerState,
  type StateFacts,
  type StateRules,
} from "../../src/monitor/fleet/state.ts";
import { FAILURE_CODES } from "../../src/monitor/pos-client/calls/failure.ts";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getHtml, rowsOf } from "../helpers/page.ts";

const NOW = Date.parse("2026-11-24T10:00:00.000Z");
const RULES = {
  minimumVersion: "34",
  requiredVersion: "34.2",
  staleAfterMs: 10 * MINUTE_MS,
  unreachableAfterPolls: 2,
};
const HEALTHY: StateFacts = {
  lastUpdateAt: NOW,
  version: "34.2.117.0",
  serviceState: "running",
  portSilentReports: 0,
  syncError: null,
  lastSyncAt: NOW - MINUTE_MS,
  untracedSince: null,
  failedPolls: 0,
  failureCode: null,
  closedUntil: null,
};
const AT_ONCE = "unauthorized certificate_changed wrong_pos_server wrong_crm_id".split(" ");

function stateOf(changes: Partial<StateFacts>, rules: Partial<StateRules> = {}): PosServerState {
  return decideState({ ...HEALTHY, ...changes }, { ...RULES, ...rules }, NOW);
}

const FAILED = { failedPolls: 1, failureCode: "dns" } as const;
const SILENT = { failedPolls: 2, failureCode: "dns" } as const;
const NEW = { lastUpdateAt: null };
const CLOSED = { closedUntil: NOW + 1 };

const CASES: [string, Partial<StateFacts>, PosServerState][] = [
  ["healthy", {}, "synced"],
  ["no report, no poll", NEW, "pending"],
  ["no report, one failed poll", { ...NEW, ...FAILED }, "pending"],
  ["no report, two failed polls", { ...NEW, ...SILENT }, "unreachable"],
  ["one failed poll keeps the last report's state", FAILED, "synced"],
  ["two failed polls", SILENT, "unreachable"],
  ["off while it is closed", { ...SILENT, ...CLOSED }, "closed"],
  ["off when it has opened", { ...SILENT, closedUntil: NOW }, "unreachable"],
  ["closed before its first report", { ...NEW, ...SILENT, ...CLOSED }, "closed"],
  ["one failed poll while it is closed", { ...FAILED, ...CLOSED }, "synced"],
  ["what refuses is not off", { ...FAILED, failureCode: "unauthorized", ...CLOSED }, "unreachable"],
  ["its service is stopped while it is closed", { serviceState: "stopped", ...CLOSED }, "closed"],
  ["its service is gone while closed", { serviceState: "not_installed", ...CLOSED }, "service_stopped"],
  ["an error while it is closed", { syncError: "error", ...CLOSED }, "sync_error"],
  ["it works although it is closed", CLOSED, "synced"],
  ["version 33.9.9", { version: "33.9.9" }, "unsupported"],
  ["version exactly 34.0 is supported", { version: "34.0" }, "update_required"],
  ["version exactly as required", { version: "34.2" }, "synced"],
  ["version 34.10 is above 34.2", { version: "34.10" }, "synced"],
  ["version 34.1.999 is below 34.2", { version: "34.1.999" }, "update_required"],
  ["version unknown", { version: null }, "update_required"],
  ["version that is no dotted number", { version: "34.2-beta" }, "update_required"],
  ["service stopped", { serviceState: "stopped" }, "service_stopped"],
  ["service stopping", { serviceState: "stopping" }, "service_stopped"],
  ["service not installed", { serviceState: "not_installed" }, "service_stopped"],
  ["service starting", { serviceState: "starting" }, "synced"],
  ["service unknown", { serviceState: "unknown" }, "synced"],
  ["service null", { serviceState: null }, "synced"],
  ["port silent in one report", { portSilentReports: 1 }, "synced"],
  ["port silent in two reports", { portSilentReports: 2 }, "not_serving"],
  ["port never seen to answer", { portSilentReports: null }, "synced"],
  ["port silent, service starting", { portSilentReports: 2, serviceState: "starting" }, "synced"],
  ["port silent, service unknown", { portSilentReports: 2, serviceState: null }, "synced"],
  ["exchange failed", { syncError: "error" }, "sync_error"],
  ["last exchange exactly 10 minutes ago", { lastSyncAt: NOW - 10 * MINUTE_MS }, "synced"],
  ["last exchange a millisecond more ago", { lastSyncAt: NOW - 10 * MINUTE_MS - 1 }, "sync_stale"],
  ["no exchange known", { lastSyncAt: null }, "sync_stale"],
];

t.test("facts decide the state", async (t) => {
  for (const [words, facts, state] of CASES) t.equal(stateOf(facts), state, words);
});

t.test("some failures make it unreachable at once, with and without a report", async (t) => {
  for (const failureCode of FAILURE_CODES) {
    const isAtOnce = AT_ONCE.includes(failureCode);
    t.equal(stateOf({ failedPolls: 1, failureCode }), isAtOnce ? "unreachable" : "synced", failureCode);
    const withoutReport = stateOf({ lastUpdateAt: null, failedPolls: 1, failureCode });
    t.equal(withoutReport, isAtOnce ? "unreachable" : "pending", `${failureCode} without a report`);
  }
});

t.test("of two troubles the one higher in the table wins", async (t) => {
  const inOrder: [PosServerState, Partial<StateFacts>][] = [
    ["unsupported", { version: "33.9.9" }],
    ["unreachable", { failedPolls: 2, failureCode: "response_timeout" }],
    ["service_stopped", { serviceState: "stopped" }],
    ["not_serving", { portSilentReports: 2 }],
    ["sync_error", { syncError: "error" }],
    ["sync_stale", { lastSyncAt: null }],
    ["update_required", { version: "34.1" }],
  ];
  for (const [rank, [winner, facts]] of inOrder.entries()) {
    for (const [loser, others] of inOrder.slice(rank + 1)) {
      t.equal(stateOf({ ...others, ...facts }), winner, `${winner} before ${loser}`);
    }
  }
});

t.test("the settings move the boundaries", async (t) => {
  t.equal(stateOf(SILENT, { unreachableAfterPolls: 3 }), "synced");
  t.equal(stateOf({ ...SILENT, failedPolls: 3 }, { unreachableAfterPolls: 3 }), "unreachable");
  t.equal(stateOf({ lastSyncAt: NOW - 5 * MINUTE_MS }, { staleAfterMs: 4 * MINUTE_MS }), "sync_stale");
  t.equal(stateOf({ version: "34.2" }, { minimumVersion: "35" }), "unsupported");
  t.equal(stateOf({ version: "34.2" }, { requiredVersion: "34.10" }), "update_required");
  const nothing = { requiredVersion: null };
  t.equal(stateOf({ version: "34.0" }, nothing), "synced");
  t.equal(stateOf({ version: null }, nothing), "update_required", "an unknown one will not");
});

/** What follows from the fleet is found anew after this time. */
const RULES_AGE_MS = 5_000;

async function run(monitor: TestMonitor, versions: Record<string, number>): Promise<number[]> {
  const ids: number[] = [];
  for (const [version, count] of Object.entries(versions)) {
    for (let index = 0; index < count; index++) {
      const id = await monitor.addPosServer();
      await monitor.report(id, { version });
      ids.push(id);
    }
  }
  return ids;
}

t.test("it is the newest version that at least 3 POS servers run", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  t.equal(await findCommonNewestVersion(db), null, "none in an empty fleet");
  await run(monitor, { "34.9": 5, "34.10": 2 });
  t.equal(await findCommonNewestVersion(db), "34.9");
  await run(monitor, { "34.10": 1 });
  t.equal(await findCommonNewestVersion(db), "34.10");
  await run(monitor, { "34.11.0": 1, "34.11": 1, "34.11.0.0": 1 });
  t.equal(await findCommonNewestVersion(db), "34.11", "all spellings are one, shown in the shortest");
});

t.test("and 5 % of the fleet, those that were never polled included", async (t) => {
  const monitor = await startMonitor(t);
  await run(monitor, { "34.10": 3, "34.9": 4 });
  for (let count = 7; count < 60; count++) await monitor.addPosServer();
  t.equal(await findCommonNewestVersion(monitor.db), "34.10", "3 of 60");
  await monitor.addPosServer();
  t.equal(await findCommonNewestVersion(monitor.db), "34.9", "3 of 61");
});

t.test("parked ones, archived organizations and unreadable versions do not count", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const organizationId = await monitor.addOrganization();
  const parked = await run(monitor, { "35.1": 3 });
  for (const id of parked) await setParked(db, id, true, monitor.clock());
  await run(monitor, { "34.1": 3, nonsense: 9 });
  t.equal(await findCommonNewestVersion(db), "34.1");
  await setArchived(db, organizationId, 1);
  t.equal(await findCommonNewestVersion(db), null);
});

t.test("POS servers below it require an update, with a badge that says which version", async (t) => {
  const monitor = await startMonitor(t);
  await run(monitor, { "34.10": 3 });
  monitor.clock.advance(RULES_AGE_MS);
  const [old = 0] = await run(monitor, { "34.9": 1 });
  const broken = await monitor.addPosServer();
  await monitor.report(broken, { version: "34.9", error: "boom" });
  const rows = rowsOf(await getHtml(monitor.app, "/pos-servers"));
  const rowOf = (id: number) => rows.find((row) => row.id === id);
  t.match(rowOf(old), { state: "update_required", text: /34\.9 → 34\.10/ });
  t.match(rowOf(broken), { state: "sync_error", text: /34\.9 → 34\.10/ }, "whatever the row's colour");
  t.equal(rows.filter(({ text }) => text.includes("→")).length, 2);
});
