import t from "tap";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import { deletePosServer } from "../../src/monitor/registry/pos-servers.ts";
import type { ReportedCheck } from "../../src/protocol/status-report.ts";
import { DAY_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { START } from "../helpers/clock.ts";
import { listenHttp } from "../helpers/listen.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { exampleReport } from "../helpers/pos-server.ts";
import { changeRows, readRow } from "../helpers/rows.ts";
import { RULES } from "../helpers/statuses.ts";

t.test("whatever follows from a poll is stored, and every column follows from one of these", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const id = await monitor.addPosServer();
  const stored = () =>
    db.selectFrom("posStatus").selectAll().where("posServerId", "=", id).executeTakeFirstOrThrow();
  const initial = await stored();
  const now = monitor.clock();
  const long = { at: now - DAY_MS, missedFrom: now - DAY_MS, since: now - 2 * DAY_MS };
  await changeRows(db, "posStatus", {
    traces: JSON.stringify({ ...long, waitMs: 1, successes: 20 }),
    lastUpdateAt: now - MINUTE_MS,
    lastSyncAt: now - MINUTE_MS,
  });
  const closed = { id: "port", outcome: "failed", value: "7001", detail: "refused" } as const;
  const polls = [
    received(now, {
      agent: {
        quarantineDays: 7,
        configurationId: "sha256:1",
        version: "0.2.0",
        platform: "win32-x64",
        machine: "a",
        updates: { key: "sha256:2", rejected: "0.3.0" },
      },
      logs: { found: true, unmatched: false, evidence: "guess", unusablePatterns: ["logs.failed: (?=x)"] },
      checks: [{ id: "port", outcome: "ok", value: "7001", at: new Date(now).toISOString() }],
    }),
    received(now + MINUTE_MS, {
      logs: { found: false, unmatched: true },
      checks: [closed],
      disk: { freeBytes: 1, totalBytes: 2 },
      error: "boom",
    }),
    received(now + 2 * MINUTE_MS, { version: null }),
    failed(now + 3 * MINUTE_MS),
  ];
  const [first] = polls;
  const traces = { databaseWrittenAt: new Date(now - DAY_MS).toISOString(), connectionSeenAt: null };
  if (first?.ok && first.report.sync) first.report.sync.traces = traces;
  if (first?.ok && first.report.service) first.report.service.canRestart = true;
  const moved = new Set<string>(["posServerId", "closedUntil"]); // the one names it, hours decide of the other
  for (const outcome of polls) {
    const saved = await savePollResults(db, [{ posServerId: id, outcome }], RULES);
    const [status] = saved.statuses;
    t.match(await stored(), status ?? {});
    for (const [column, value] of Object.entries(status ?? {})) {
      if (value !== initial[column as keyof typeof initial]) moved.add(column);
    }
    if (outcome === polls.at(-1)) {
      const resting = Object.keys(status ?? {}).filter((column) => !moved.has(column));
      t.same(resting, [], "none is left as it was at first");
    }
  }
});

t.test("the first report of the protocol is enough, and null and unknown change nothing", async (t) => {
  const monitor = await startMonitor(t);
  let answer: unknown = null;
  const address = await listenHttp(t, (_request, response) => response.end(JSON.stringify(answer)));
  const poll = async (report: unknown) => {
    answer = report;
    await monitor.db.deleteFrom("posServer").execute();
    const id = await monitor.addPosServer({ address, name: "Тверская, 12" });
    const outcome = await monitor.app.pollNow(id);
    const { posServerId: _ofItsOwn, ...status } = await readRow(monitor.db, "posStatus");
    return { outcome, status };
  };
  const { agent: _grown, ...first } = exampleReport({ time: new Date(START).toISOString() });
  const { outcome, status } = await poll(first);
  t.match(outcome, { ok: true });
  t.match(status, { state: "sync_error", serviceState: "running", serviceCanRestart: null });
  t.match(status, { configurationId: null, agentVersion: null, logsFound: null, quarantineDays: null });
  const nothing = {
    service: { ...first.service, canRestart: null },
    sync: { ...first.sync, traces: null },
    ...{ checks: null, logs: null, agent: null },
  };
  t.same((await poll({ ...first, ...nothing })).status, status);
  const unknown = { service: { ...first.service, mood: "good" }, weather: { rain: true } };
  t.same((await poll({ ...first, ...unknown })).status, status);
  for (const field of Object.keys(first)) {
    const { outcome } = await poll({ ...first, [field]: undefined });
    t.match(outcome, { ok: false, failure: { code: "invalid_report" } }, `without ${field} it is no report`);
  }
});

const PORT: ReportedCheck = { id: "port", outcome: "ok", value: "7001" };
const CLOCK: ReportedCheck = { id: "clock", outcome: "ok", value: "0.4" };
const DISK: ReportedCheck = { id: "disk", outcome: "ok", value: "51234567168" };

async function kept({ app }: TestMonitor, id: number) {
  return await app.database.db
    .selectFrom("posCheck")
    .select(["checkId as id", "outcome", "value", "detail", "since"])
    .where("posServerId", "=", id)
    .orderBy("checkId")
    .execute();
}

/** How many rows were written since `since` was asked. */
function writesOf({ app }: TestMonitor) {
  const { sqlite } = app.database;
  sqlite.exec("create temp table check_write (at integer)");
  for (const change of ["insert", "update", "delete"]) {
    sqlite.exec(
      `create temp trigger check_${change} after ${change} on pos_check begin insert into check_write values (1); end`,
    );
  }
  return () => {
    const count = sqlite.prepare<[], number>("select count(*) from check_write").pluck().get() ?? 0;
    sqlite.exec("delete from check_write");
    return count;
  };
}

t.test("a check is kept with since when it ends as it does, and written only when it changes", async (t) => {
  const monitor = await startMonitor(t);
  const { clock } = monitor;
  const id = await monitor.addPosServer();
  const writes = writesOf(monitor);
  const firstAt = clock();
  await monitor.report(id, { checks: [PORT, CLOCK, DISK] });
  t.equal(writes(), 3);
  t.same(await kept(monitor, id), [
    { ...CLOCK, detail: null, since: firstAt },
    { ...DISK, detail: null, since: firstAt },
    { ...PORT, detail: null, since: firstAt },
  ]);

  clock.advance(MINUTE_MS);
  await monitor.report(id, { checks: [PORT, { ...CLOCK, value: "0.9" }, { ...DISK, value: "51234567000" }] });
  t.equal(writes(), 0, "what is measured may waver");

  clock.advance(MINUTE_MS);
  const refused: ReportedCheck = { ...PORT, outcome: "failed", detail: "refused" };
  await monitor.report(id, { checks: [refused, { ...CLOCK, value: "3.2" }, DISK] });
  const failedAt = clock();
  t.equal(writes(), 2);
  clock.advance(MINUTE_MS);
  await monitor.report(id, { checks: [{ ...refused, detail: "timeout" }, { ...CLOCK, value: "3.2" }, DISK] });
  t.equal(writes(), 1);
  t.same(await kept(monitor, id), [
    { ...CLOCK, value: "3.2", detail: null, since: firstAt },
    { ...DISK, detail: null, since: firstAt },
    { ...refused, detail: "timeout", since: failedAt },
  ]);

  await monitor.fail(id);
  t.equal(writes(), 0, "a failed poll tells nothing");
  t.equal((await kept(monitor, id)).length, 3);
});

t.test("what is told no more goes, unknown ids stay, and of two with one id the first counts", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  const printer: ReportedCheck = { id: "printer", outcome: "failed", value: "lpt1", detail: "no paper" };
  await monitor.report(id, { checks: [PORT, printer, { ...printer, outcome: "ok" }] });
  t.match(await kept(monitor, id), [{ id: "port" }, { id: "printer", outcome: "failed" }]);
  await monitor.report(id, { checks: [PORT] });
  t.match(await kept(monitor, id), [{ id: "port" }]);
  await monitor.report(id);
  t.same(await kept(monitor, id), [], "a report may have none");
});

t.test("several reports of several POS servers are saved at once, as they came", async (t) => {
  const monitor = await startMonitor(t);
  const [one, other] = [await monitor.addPosServer(), await monitor.addPosServer()];
  const now = monitor.clock();
  const closed: ReportedCheck = { ...PORT, outcome: "failed", detail: "refused" };
  await savePollResults(
    monitor.db,
    [
      { posServerId: one, outcome: received(now, { checks: [PORT, CLOCK] }) },
      { posServerId: other, outcome: received(now, { checks: [CLOCK] }) },
      { posServerId: one, outcome: failed(now + 1) },
      { posServerId: one, outcome: received(now + 2, { checks: [closed, DISK] }) },
    ],
    RULES,
  );
  t.match(await kept(monitor, one), [
    { id: "disk", since: now + 2 },
    { id: "port", outcome: "failed", since: now + 2 },
  ]);
  t.match(await kept(monitor, other), [{ id: "clock", since: now }]);
});

t.test("nothing is kept of an unsupported POS server, nor of one that is gone", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id, { checks: [PORT] });
  await monitor.report(id, { version: "33.1", checks: [PORT] });
  t.same(await kept(monitor, id), []);
  const status = await monitor.db.selectFrom("posStatus").selectAll().executeTakeFirstOrThrow();
  t.match(status, { failedChecks: null, portSilentReports: null, portCheckedAt: null });

  await monitor.report(id, { checks: [PORT] });
  t.equal((await kept(monitor, id)).length, 1);
  await deletePosServer(monitor.db, { id, name: "" }, monitor.clock());
  t.same(await kept(monitor, id), []);
});

t.test("as many checks as a report may have are kept, whatever they say", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  const said = { outcome: "failed", value: "x".repeat(256), detail: "'; drop table pos_check; --" } as const;
  const checks = Array.from({ length: 64 }, (_, at): ReportedCheck => ({ id: `check-${at}`, ...said }));
  await monitor.report(id, { checks });
  t.equal((await kept(monitor, id)).length, 64);
});
