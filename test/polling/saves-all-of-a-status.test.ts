import t from "tap";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import { startMonitor } from "../helpers/app.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { RULES } from "../helpers/statuses.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

t.test("whatever follows from a poll is stored, and every column follows from one of these", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const id = await monitor.addPosServer();
  const stored = () =>
    db.selectFrom("posStatus").selectAll().where("posServerId", "=", id).executeTakeFirstOrThrow();
  const initial = await stored();
  const now = monitor.clock();
  const history = {
    at: now - DAY_MS,
    missedFrom: now - DAY_MS,
    waitMs: 1,
    successes: 20,
    since: now - 2 * DAY_MS,
  };
  await db
    .updateTable("posStatus")
    .set({ traces: JSON.stringify(history), lastUpdateAt: now - MINUTE_MS, lastSyncAt: now - MINUTE_MS })
    .execute();
  const closed = { id: "port", outcome: "failed", value: "7001", detail: "refused" } as const;
  const polls = [
    received(now, {
      agent: {
        ...{ quarantineDays: 7, configurationId: "sha256:1", version: "0.2.0", platform: "win32-x64" },
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
