import t from "tap";
import { nextStatus, type PosStatus } from "../../src/monitor/polling/next-status.ts";
import { START } from "../helpers/clock.ts";
import { failed, type Reported, received } from "../helpers/outcomes.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

const MINUTE_MS = 60_000;

function healthyBefore(): PosStatus {
  return nextStatus(neverPolled(), received(START), RULES).status;
}

t.test("a cause begins when it is first seen and lasts while its folded text does", async (t) => {
  const seenAt = START + MINUTE_MS;
  const first = nextStatus(healthyBefore(), received(seenAt, { error: "Ошибка 17" }), RULES).status;
  t.match(first, { causeKey: "ошибка #", causeSince: seenAt });
  const later = nextStatus(first, received(seenAt + MINUTE_MS, { error: "Ошибка 18" }), RULES).status;
  t.match(later, { causeKey: "ошибка #", causeSince: seenAt });
  const other = nextStatus(later, received(seenAt + 2 * MINUTE_MS, { error: "нет места" }), RULES).status;
  t.match(other, { causeKey: "нет места", causeSince: seenAt + 2 * MINUTE_MS });
});

t.test("an unreachable one has the failure and its folded detail as cause", async (t) => {
  const once = nextStatus(
    healthyBefore(),
    failed(START + MINUTE_MS, "dns", "ENOTFOUND 10.0.0.1"),
    RULES,
  ).status;
  t.equal(once.causeKey, null, "not before it is unreachable");
  const twice = nextStatus(once, failed(START + 2 * MINUTE_MS, "dns", "ENOTFOUND 10.0.0.2"), RULES).status;
  t.match(twice, { causeKey: "dns: enotfound #", causeSince: START + MINUTE_MS }, "since the first of them");
});

t.test("what says nothing has its state as cause, unless it tells of no exchange at all", async (t) => {
  const stopped = (state: "stopped" | "not_installed") => ({
    service: { name: "iikoCard5POS", state, startedAt: null },
    error: "boom",
  });
  const causes: [Reported, string | null][] = [
    [stopped("stopped"), "service_stopped"],
    [stopped("not_installed"), "service_missing"],
    [{ syncedAgoMs: 60 * MINUTE_MS }, "sync_stale"],
    [{ syncedAgoMs: null }, null],
    [{ version: "33" }, null],
    [{}, null],
  ];
  for (const [reported, causeKey] of causes) {
    const { status } = nextStatus(neverPolled(), received(START, reported), RULES);
    t.equal(status.causeKey, causeKey, JSON.stringify(reported));
    t.equal(status.causeSince === null, causeKey === null);
  }
});

t.test("an error in the first report began after the last exchange that worked", async (t) => {
  const reported = { error: "boom", syncedAgoMs: 90 * MINUTE_MS };
  const { status } = nextStatus(neverPolled(), received(START, reported), RULES);
  t.equal(status.causeSince, START - 90 * MINUTE_MS);
});

t.test(
  "of an error without any exchange nobody knows when it began; failed polls begin when they are seen",
  async (t) => {
    const errorFirst = nextStatus(
      neverPolled(),
      received(START, { error: "boom", syncedAgoMs: null }),
      RULES,
    );
    t.match(errorFirst.status, { state: "sync_error", causeKey: "boom", causeSince: null });
    const neverReached = nextStatus(neverPolled(), failed(START, "unauthorized", "401"), RULES);
    t.match(neverReached.status, { state: "unreachable", causeKey: "unauthorized: #", causeSince: START });
    const failedTwice = nextStatus(
      nextStatus(neverPolled(), failed(START), RULES).status,
      failed(START),
      RULES,
    );
    t.match(failedTwice.status, { state: "unreachable", causeSince: START });
  },
);

t.test(
  "trouble lasts from its first problem on, whatever it turns into, until an exchange ends it",
  async (t) => {
    const at = (minutes: number) => START + minutes * MINUTE_MS;
    let status = healthyBefore();
    const after = (outcome: Parameters<typeof nextStatus>[1]) => {
      status = nextStatus(status, outcome, RULES).status;
      return { state: status.state, problem: status.problemSince, recovered: status.recoveredAt };
    };
    t.same(after(received(at(1))), { state: "synced", problem: null, recovered: null });
    t.same(after(received(at(2), { error: "boom" })), {
      state: "sync_error",
      problem: at(2),
      recovered: null,
    });
    after(failed(at(3)));
    t.same(after(failed(at(4))), { state: "unreachable", problem: at(2), recovered: null });
    t.equal(status.stateSince, at(2), "it has one age");
    t.match(status, { silentSince: at(3), stateBefore: "sync_error" });
    t.same(after(received(at(5))), { state: "synced", problem: null, recovered: at(5) });
    t.same(after(received(at(6), { version: "33" })), {
      state: "unsupported",
      problem: null,
      recovered: at(5),
    });
    t.same(after(received(at(7))), { state: "synced", problem: null, recovered: at(5) });
    t.same(after(received(at(8), { error: "boom" })), {
      state: "sync_error",
      problem: at(8),
      recovered: null,
    });
    t.same(after(received(at(9), { version: "33" })), {
      state: "unsupported",
      problem: null,
      recovered: null,
    });
  },
);

t.test("the first success ever is no recovery, however it was waited for", async (t) => {
  const at = (minutes: number) => START + minutes * MINUTE_MS;
  const unknown = received(at(2), { syncedAgoMs: null });
  for (const before of [[failed(at(0)), failed(at(1))], [unknown], [unknown, failed(at(3)), failed(at(4))]]) {
    let status = neverPolled();
    for (const outcome of [...before, received(at(5))]) status = nextStatus(status, outcome, RULES).status;
    t.match(status, { state: "synced", problemSince: null, recoveredAt: null });
  }
});

t.test("one that has exchanged before recovers, whatever was told of it meanwhile", async (t) => {
  const at = (minutes: number) => START + minutes * MINUTE_MS;
  const silent = received(at(2), { syncedAgoMs: null });
  for (const between of [[silent], [silent, failed(at(3)), failed(at(4))]]) {
    let status = neverPolled();
    for (const outcome of [received(at(0)), ...between, received(at(5))])
      status = nextStatus(status, outcome, RULES).status;
    t.match(status, { state: "synced", recoveredAt: at(5) });
  }
});

t.test("a line that is cut is one cause, in whichever way that is found out", async (t) => {
  let status = healthyBefore();
  for (const [minutes, code] of [
    [1, "response_timeout"],
    [2, "response_timeout"],
    [3, "not_connected"],
    [4, "connect_timeout"],
  ] as const) {
    status = nextStatus(status, failed(START + minutes * MINUTE_MS, code, code), RULES).status;
  }
  t.match(status, {
    causeKey: "no_answer",
    causeSince: START + MINUTE_MS,
    failureCode: "connect_timeout",
  });
});

const CLOCK = { slow: -1_300, set: 5 * MINUTE_MS };

/**
 * What a word of the table polls `minutes` after the start: `error`, whose last exchange was a minute before the start; the same over a slow
 * line, after its clock was set, with an exchange five minutes ago, or without any.
 */
function polledAs(word: string, minutes: number): Parameters<typeof nextStatus>[1] {
  const now = START + minutes * MINUTE_MS;
  const [what = "", how = ""] = word.split("/");
  if (what === "silent") return failed(now);
  if (what === "stopped")
    return received(now, { service: { name: "iikoCard5POS", state: "stopped", startedAt: null } });
  if (what === "stale") return received(now, { syncedAgoMs: 20 * MINUTE_MS });
  if (what === "well") return received(now);
  const clockAheadMs = CLOCK[how as keyof typeof CLOCK] ?? 0;
  // What a log says stays as it is written when the clock is set.
  const syncedAgoMs = how === "later" ? 5 * MINUTE_MS : (minutes + 1) * MINUTE_MS + clockAheadMs;
  return received(now, {
    error: "нарушена целостность базы",
    ...{ clockAheadMs, syncedAgoMs: how === "never" ? null : syncedAgoMs },
  });
}

const AGES: [polled: string, since: number | null, silentSince: number | null][] = [
  ["0 well, 5 error", 5, null],
  ["0 well, 5 stopped", 5, null],
  ["0 well, 20 stale", 20, null],
  ["5 error", -1, null],
  ["5 error/never", 5, null],
  ["0 well, 5 silent, 6 silent", 5, 5],
  ["5 silent, 6 silent", 5, 5],
  ["0 well, 2 error, 5 silent", 2, 5],
  ["0 well, 2 error, 5 silent, 6 silent", 2, 5],
  ["0 well, 2 error, 5 silent, 6 silent, 150 error", 2, null],
  ["0 well, 2 error, 5 silent, 6 silent, 150 error/slow", 2, null],
  ["0 well, 2 error, 5 silent, 6 silent, 150 error/set", 2, null],
  ["0 well, 2 error, 5 silent, 6 silent, 150 error/later", 145, null],
  ["0 well, 2 stopped, 5 silent, 6 silent, 7 error", 2, null],
  ["0 well, 5 silent, 6 silent, 30 error", 5, null],
  ["0 well, 5 silent, 6 silent, 30 error/later", 25, null],
  ["0 well, 5 silent, 6 silent, 30 well", null, null],
  ["5 silent, 6 silent, 7 error", -1, null],
];

for (const [polled, since, silentSince] of AGES) {
  t.test(`the age of a problem after ${polled}`, async (t) => {
    let status = neverPolled();
    for (const step of polled.split(", ")) {
      const [minutes, word = ""] = step.split(" ");
      status = nextStatus(status, polledAs(word, Number(minutes)), RULES).status;
    }
    const at = (minutes: number | null) => (minutes === null ? null : START + minutes * MINUTE_MS);
    t.match(status, { problemSince: at(since), silentSince: at(silentSince) });
    if (since !== null) t.equal(status.stateSince, at(since), "which is the one of its row");
  });
}

t.test("what is not told does not wipe the version that was", async (t) => {
  const at = (minutes: number) => START + minutes * MINUTE_MS;
  const rules = { ...RULES, requiredVersion: "34.2" };
  let status = nextStatus(neverPolled(), received(at(0)), rules).status;
  for (const minutes of [1, 300])
    status = nextStatus(status, received(at(minutes), { version: null }), rules).status;
  t.match(status, { state: "synced", version: "34.2.117.0", versionReportedAt: at(0) });
  status = nextStatus(status, received(at(301), { version: "34.3" }), rules).status;
  t.match(status, { version: "34.3", versionReportedAt: null });
  const old = nextStatus(neverPolled(), received(at(0), { version: "33" }), rules).status;
  const untold = nextStatus(old, received(at(1), { version: null }), rules).status;
  t.match(untold, { state: "unsupported", serviceState: null }, "nothing of it is kept, still");
});
