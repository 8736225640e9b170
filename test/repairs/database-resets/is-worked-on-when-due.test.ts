import t from "tap";
import { createPosClient } from "../../../src/monitor/pos-client/client.ts";
import { findOpenReset } from "../../../src/monitor/repairs/database-resets/find-database-resets.ts";
import type { DatabaseResetStep } from "../../../src/monitor/repairs/database-resets/step.ts";
import {
  findWaitedFor,
  isDue,
  listResetsToWorkOn,
} from "../../../src/monitor/repairs/database-resets/waited-for.ts";
import { createResetWork } from "../../../src/monitor/repairs/database-resets/work.ts";
import { createRunner } from "../../../src/monitor/requests/runner.ts";
import type { ServiceState } from "../../../src/protocol/status-report.ts";
import { DAY_MS, MINUTE_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor } from "../../helpers/app.ts";
import { finishRequest, queueRequest } from "../../helpers/requests.ts";
import { startResetScene } from "../../helpers/resets.ts";
import { addRow, changeRows } from "../../helpers/rows.ts";

/** A report within this time after a step may be from before it. */
const CALL_MS = 10_000;

interface Facts {
  /** Before now. */
  stepMs?: number;
  followedMs?: number;
  reportedMs?: number;
  /** When a report told of the service; with the last one unless told. */
  toldMs?: number;
  service?: ServiceState;
  logs?: "running" | "done";
  /** When it expires, after now. */
  expiresMs?: number;
}

const MINUTE_AGO = { stepMs: MINUTE_MS };
const RUNS = { ...MINUTE_AGO, service: "running", reportedMs: MINUTE_MS - CALL_MS } as const;

const CASES: [why: string, step: DatabaseResetStep, facts: Facts, isDue: boolean][] = [
  ["it is told to the POS server", "resetting", {}, true],
  ["nobody has asked for logs yet", "fetching_logs", {}, true],
  ["logs are being fetched", "fetching_logs", { logs: "running", stepMs: DAY_MS }, false],
  ["logs are there", "fetching_logs", { logs: "done" }, true],
  ["its logs may still come in time", "fetching_logs", { logs: "running", expiresMs: 1 }, false],
  ["its logs do not come in time", "fetching_logs", { logs: "running", expiresMs: 0 }, true],
  ["the clock was set back", "fetching_logs", { logs: "running", expiresMs: 11 * MINUTE_MS }, true],
  ["its day to decide is nearly over", "awaiting_decision", { stepMs: DAY_MS - 1 }, false],
  ["its day to decide is over", "awaiting_decision", { stepMs: DAY_MS }, true],
  ["its day to start the service is nearly over", "awaiting_start", { stepMs: DAY_MS - 1 }, false],
  ["its day to start the service is over", "awaiting_start", { stepMs: DAY_MS }, true],
  ["its service is back", "awaiting_start", RUNS, true],
  ["its service is only known from before", "awaiting_start", { ...RUNS, toldMs: MINUTE_MS + 1 }, false],
  ["its service may have run before", "awaiting_start", { ...RUNS, reportedMs: RUNS.reportedMs + 1 }, false],
  ["its service is still stopped", "awaiting_start", { ...RUNS, service: "stopped", reportedMs: 0 }, false],
  ["its service is being started", "starting", { stepMs: DAY_MS }, false],
  ["the exchange was not asked for for five seconds", "awaiting_sync", { stepMs: 5_000 }, true],
  ["it was asked for a moment ago", "awaiting_sync", { ...MINUTE_AGO, followedMs: 4_999 }, false],
  ["it was asked for five seconds ago", "awaiting_sync", { ...MINUTE_AGO, followedMs: 5_000 }, true],
  ["it was asked for in the future", "awaiting_sync", { ...MINUTE_AGO, followedMs: -1 }, true],
];

t.test("what is due is decided alike by the rules and by the list of the runner", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const now = monitor.clock();
  const before = (ms: number | undefined) => (ms === undefined ? null : now - ms);
  for (const [why, step, facts, due] of CASES) {
    const { stepMs = 0, followedMs, reportedMs, toldMs = reportedMs, service, logs, expiresMs } = facts;
    const posServerId = await monitor.addPosServer({ name: why });
    await changeRows(
      db,
      "posStatus",
      { serviceState: service ?? null, lastUpdateAt: before(reportedMs), serviceReportedAt: before(toldMs) },
      { posServerId },
    );
    const logRequestId = logs ? await queueRequest(db, posServerId, now) : null;
    if (logRequestId !== null && logs === "done") await finishRequest(db, logRequestId, now);
    const id = await addRow(db, "databaseReset", {
      posServerId,
      idempotencyKey: why,
      requestedAt: now - DAY_MS,
      userLogin: "anna",
      userAddress: "127.0.0.1",
      confirmation: "100237",
      identity: "uuid",
      fetchLogs: 1,
      startService: 1,
      logRequestId,
      step,
      stepAt: now - stepMs,
      expiresAt: expiresMs === undefined ? null : now + expiresMs,
      followedAt: before(followedMs),
    });
    const reset = await findOpenReset(db, id);
    if (!reset) throw new Error("the reset is not there");
    t.equal(isDue(reset, await findWaitedFor(db, reset), now), due, why);
    const listed = await listResetsToWorkOn(db, now);
    t.equal(
      listed.some((one) => one.id === id),
      due,
      `${why}: in the list`,
    );
  }
});

t.test("a day to decide that began after the list was made is not over", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, askForReset, work, rowOf, stepsOf } = scene;
  const { app, clock, db } = monitor;
  await app.logRequests.stop();
  const id = await askForReset({ crmId: "100237", fetchLogs: "1", startService: "1" });
  await work();
  await changeRows(db, "logRequest", { status: "failed", finishedAt: clock(), failureCode: "disk_full" });

  const { pollNow, fleet, secretBox, log } = app;
  const client = createPosClient({ now: clock });
  const runner = createRunner({
    db,
    log,
    monotonicClock: clock,
    table: "databaseReset",
    places: 1,
    placesEach: 1,
    async listClaimable() {
      const due = await listResetsToWorkOn(db, clock());
      t.match(due, [{ id }], "the logs have ended");
      await work();
      t.equal((await rowOf(id)).step, "awaiting_decision", "it has been worked on since");
      return due;
    },
    work: createResetWork({
      db,
      client,
      pollNow,
      fleet,
      secretBox,
      log,
      clock,
      wakeLogRequests: () => undefined,
      interruptLogRequest: () => undefined,
    }),
  });
  await runner.tick();
  await runner.stop();
  await client.close();
  t.match(await rowOf(id), { step: "awaiting_decision", finishedAt: null });
  t.same(await stepsOf(id), ["fetching_logs", "awaiting_decision"]);
});
