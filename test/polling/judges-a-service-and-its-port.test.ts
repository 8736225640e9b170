import t from "tap";
import { nextStatus } from "../../src/monitor/polling/next-status.ts";
import type { ReportedCheck, StatusReport } from "../../src/protocol/status-report.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { START } from "../helpers/clock.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

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

const UNREAD: [string, (Service | null | "failed")[], string[]][] = [
  ["one report without it", ["stopped", null, "stopped"], Array(3).fill("service_stopped")],
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

for (const [words, told, states] of UNREAD) {
  t.test(`a service that a report does not tell of: ${words}`, async (t) =>
    t.same(after(reported(...told)).states, states),
  );
}

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
  const [ok, silent] = looks("ok", "failed") as [Notified, Notified];
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
  const [ok, silent] = looks("ok", "failed") as [Notified, Notified];
  t.equal(lastState(ok, silent, "failed", silent), "not_serving");
});

t.test("one look counts once, however often it is reported", async (t) => {
  const [ok, silent] = looks("ok", "failed") as [Notified, Notified];
  const stale = { ...silent, lookedAt: START + MINUTE_MS };
  t.equal(lastState(ok, stale, stale, stale), "synced");
  t.equal(lastState(ok, stale, { ...silent, lookedAt: START + 2 * MINUTE_MS }), "not_serving");
  const untimed = { ...silent, lookedAt: null };
  t.equal(lastState(ok, untimed, untimed), "not_serving");
});

t.test("while the service does not run its port says nothing, and gets time to answer again", async (t) => {
  const [ok, silent] = looks("ok", "failed") as [Notified, Notified];
  const stopped: Notified = { service: "stopped", port: "failed" };
  const { states } = after([ok, stopped, stopped, silent, silent]);
  t.same(states, ["synced", "service_stopped", "service_stopped", "synced", "not_serving"]);
  const starting: Notified = { service: "starting", port: "failed" };
  t.equal(lastState(ok, starting, starting, starting), "synced");
});
