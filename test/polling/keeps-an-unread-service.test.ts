import t from "tap";
import { nextStatus, type PosStatus } from "../../src/monitor/polling/next-status.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { START } from "../helpers/clock.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

const MINUTE_MS = 60_000;

type Service = NonNullable<StatusReport["service"]>["state"];
/** A report of each minute: what the service does, `null` = the agent could not tell that nor when it exchanged. */
type Notified = Service | null | "failed" | { port: "ok" | "failed"; service: Service | null };

interface After {
  states: string[];
  status: PosStatus;
  changes: number;
}

function after(told: Notified[], version = "34.2.117.0"): After {
  let status = neverPolled();
  let changes = 0;
  const states = told.map((one, minute) => {
    const now = START + minute * MINUTE_MS;
    const next = nextStatus(status, one === "failed" ? failed(now) : outcomeOf(one, now, version), RULES);
    status = next.status;
    if (next.change) changes++;
    return status.state;
  });
  return { states, status, changes };
}

function outcomeOf(one: Exclude<Notified, "failed">, now: number, version: string) {
  const isOfPort = typeof one === "object" && one !== null;
  const state = isOfPort ? one.service : one;
  return received(now, {
    version,
    service: state && { name: "iikoCard5POS", state, startedAt: null },
    syncedAgoMs: state === null ? null : MINUTE_MS,
    checks: isOfPort
      ? [{ id: "port", outcome: one.port, value: "7001", at: new Date(now).toISOString() }]
      : null,
  });
}

const CASES: [string, Notified[], string[]][] = [
  [
    "one report without it",
    ["stopped", null, "stopped"],
    ["service_stopped", "service_stopped", "service_stopped"],
  ],
  [
    "ten minutes without it, then another",
    ["stopped", ...Array(11).fill(null)],
    [...Array(11).fill("service_stopped"), "sync_stale"],
  ],
  [
    "a report with it begins the time anew",
    ["stopped", ...Array(10).fill(null), "stopped", ...Array(10).fill(null)],
    Array(22).fill("service_stopped"),
  ],
  [
    "one that the agent does not understand",
    ["stopped", "unknown", "stopped"],
    Array(3).fill("service_stopped"),
  ],
  ["one that it has never understood", ["unknown", "unknown"], ["synced", "synced"]],
  ["one that was never known", [null, null], ["sync_stale", "sync_stale"]],
  ["one that runs again", ["stopped", null, "running"], ["service_stopped", "service_stopped", "synced"]],
  ["a poll that failed in between", ["stopped", null, "failed", null], Array(4).fill("service_stopped")],
];

for (const [words, told, states] of CASES) {
  t.test(`a service that a report does not tell of: ${words}`, async (t) =>
    t.same(after(told).states, states),
  );
}

t.test("many polls in a moment wear nothing out", async (t) => {
  const { status: before } = after(["stopped"]);
  let status = before;
  for (let poll = 1; poll <= 50; poll += 1)
    ({ status } = nextStatus(status, outcomeOf(null, START + poll * 100, "34.2.117.0"), RULES));
  t.match(status, { state: "service_stopped", stateSince: before.stateSince });
});

t.test("the trouble keeps its age, and the history no word of it", async (t) => {
  const { status, changes } = after(["running", "stopped", null, null, "stopped"]);
  t.match(status, {
    state: "service_stopped",
    stateSince: START + MINUTE_MS,
    problemSince: START + MINUTE_MS,
  });
  t.equal(changes, 2);
});

t.test("so does a service that does not answer the tills", async (t) => {
  const silent = { port: "failed", service: "running" } as const;
  const { states } = after([
    { port: "ok", service: "running" },
    silent,
    silent,
    { port: "failed", service: null },
    silent,
  ]);
  t.same(states, ["synced", "synced", "not_serving", "not_serving", "not_serving"]);
});

t.test("of an unsupported version nothing is kept", async (t) => {
  t.match(after(["stopped", null], "33").status, { serviceState: null, serviceReportedAt: null });
});
