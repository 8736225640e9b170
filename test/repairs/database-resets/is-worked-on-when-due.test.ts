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
import { DAY_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor } from "../../helpers/app.ts";
import { finishRequest, queueRequest } from "../../helpers/requests.ts";
import { startResetScene } from "../../helpers/resets.ts";
import { addRow, changeRows } from "../../helpers/rows.ts";

/** A report within this time after a step may be from before it. */
const CALL_MS = 10_000;

interface Case {
  step: DatabaseResetStep;
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
  isDue: boolean;
}

interface Decided {
  isDue: boolean;
  isListed: boolean;
}

const CASES: Record<string, Case> = {
  "it is told to the POS server": { step: "resetting", isDue: true },
  "nobody has asked for logs yet": { step: "fetching_logs", isDue: true },
  "logs are being fetched": { step: "fetching_logs", logs: "running", stepMs: DAY_MS, isDue: false },
  "logs are there": { step: "fetching_logs", logs: "done", isDue: true },
  "its logs may still come in time": { step: "fetching_logs", logs: "running", expiresMs: 1, isDue: false },
  "its logs do not come in time": { step: "fetching_logs", logs: "running", expiresMs: 0, isDue: true },
  "its logs are waited for, and the clock was set back": {
    step: "fetching_logs",
    logs: "running",
    expiresMs: 11 * 60_000,
    isDue: true,
  },
  "its day to decide is nearly over": { step: "awaiting_decision", stepMs: DAY_MS - 1, isDue: false },
  "its day to decide is over": { step: "awaiting_decision", stepMs: DAY_MS, isDue: true },
  "its day to start the service is nearly over": { step: "awaiting_start", stepMs: DAY_MS - 1, isDue: false },
  "its day to start the service is over": { step: "awaiting_start", stepMs: DAY_MS, isDue: true },
  "its service is back": {
    step: "awaiting_start",
    stepMs: 60_000,
    service: "running",
    reportedMs: 60_000 - CALL_MS,
    isDue: true,
  },
  "its service is only known from before": {
    step: "awaiting_start",
    stepMs: 60_000,
    service: "running",
    reportedMs: 60_000 - CALL_MS,
    toldMs: 61_000,
    isDue: false,
  },
  "its service may have run before": {
    step: "awaiting_start",
    stepMs: 60_000,
    service: "running",
    reportedMs: 60_000 - CALL_MS + 1,
    isDue: false,
  },
  "its service is still stopped": {
    step: "awaiting_start",
    stepMs: 60_000,
    service: "stopped",
    reportedMs: 0,
    isDue: false,
  },
  "its service is being started": { step: "starting", stepMs: DAY_MS, isDue: false },
  "the exchange was not asked for for five seconds": { step: "awaiting_sync", stepMs: 5_000, isDue: true },
  "the exchange was asked for a moment ago": {
    step: "awaiting_sync",
    stepMs: 60_000,
    followedMs: 4_999,
    isDue: false,
  },
  "the exchange was asked for five seconds ago": {
    step: "awaiting_sync",
    stepMs: 60_000,
    followedMs: 5_000,
    isDue: true,
  },
  "the clock was set back": { step: "awaiting_sync", stepMs: 60_000, followedMs: -1, isDue: true },
};

t.test("what is due is decided alike by the rules and by the list of the runner", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const now = monitor.clock();
  const expected: Record<string, Decided> = {};
  const found: Record<string, Decided> = {};
  for (const [
    why,
    { step, stepMs = 0, followedMs, reportedMs, toldMs = reportedMs, service, logs, expiresMs, isDue: due },
  ] of Object.entries(CASES)) {
    const posServerId = await monitor.addPosServer({ name: why });
    await changeRows(
      db,
      "posStatus",
      {
        serviceState: service ?? null,
        lastUpdateAt: reportedMs === undefined ? null : now - reportedMs,
        serviceReportedAt: toldMs === undefined ? null : now - toldMs,
      },
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
      followedAt: followedMs === undefined ? null : now - followedMs,
    });
    const reset = await findOpenReset(db, id);
    if (!reset) throw new Error("the reset is not there");
    const isListed = (await listResetsToWorkOn(db, now)).includes(id);
    expected[why] = { isDue: due, isListed: due };
    found[why] = { isDue: isDue(reset, await findWaitedFor(db, reset), now), isListed };
  }
  t.strictSame(found, expected);
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
    async listClaimable() {
      const ids = await listResetsToWorkOn(db, clock());
      t.same(ids, [id], "the logs have ended");
      await work();
      t.equal((await rowOf(id)).step, "awaiting_decision", "it has been worked on since");
      return ids;
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
