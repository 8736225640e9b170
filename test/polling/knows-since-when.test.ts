import t from "tap";
import { nextStatus, type PosStatus } from "../../src/monitor/polling/next-status.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { START } from "../helpers/clock.ts";
import { failed, type Reported, received } from "../helpers/outcomes.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

/** So many minutes after the start. */
const at = (minutes: number) => START + minutes * MINUTE_MS;

/** The status that follows from these polls, from the first. */
function after(...outcomes: StatusOutcome[]): PosStatus {
  return outcomes.reduce((status, outcome) => nextStatus(status, outcome, RULES).status, neverPolled());
}

t.test("a cause begins when it is first seen and lasts while its folded text does", async (t) => {
  const seenAt = START + MINUTE_MS;
  const same = [received(START), received(seenAt, { error: "Ошибка 17" })];
  t.match(after(...same), { causeKey: "ошибка #", causeSince: seenAt });
  same.push(received(seenAt + MINUTE_MS, { error: "Ошибка 18" }));
  t.match(after(...same), { causeKey: "ошибка #", causeSince: seenAt });
  const other = received(seenAt + 2 * MINUTE_MS, { error: "нет места" });
  t.match(after(...same, other), { causeKey: "нет места", causeSince: seenAt + 2 * MINUTE_MS });
});

t.test("a refusal has its folded detail as cause, and at once", async (t) => {
  const refused = failed(START + MINUTE_MS, "wrong_crm_id", "crmId 100238");
  const cause = { causeKey: "wrong_crm_id: crmid #", causeSince: START + MINUTE_MS };
  t.match(after(received(START), refused), cause);
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
    const status = after(received(START, reported));
    t.equal(status.causeKey, causeKey, JSON.stringify(reported));
    t.equal(status.causeSince === null, causeKey === null);
  }
});

t.test("an error of the first report began after the last exchange; failed polls are seen", async (t) => {
  const { causeSince } = after(received(START, { error: "boom", syncedAgoMs: 90 * MINUTE_MS }));
  t.equal(causeSince, START - 90 * MINUTE_MS);
  const errorFirst = after(received(START, { error: "boom", syncedAgoMs: null }));
  t.match(errorFirst, { state: "sync_error", causeKey: "boom", causeSince: null });
  const neverReached = after(failed(START, "unauthorized", "401"));
  t.match(neverReached, { state: "unreachable", causeKey: "unauthorized: #", causeSince: START });
  t.match(after(failed(START), failed(START)), { state: "unreachable", causeSince: START });
});

t.test("trouble lasts from its first problem on until an exchange ends it", async (t) => {
  let status = after(received(START));
  const polls: [outcome: StatusOutcome, state: string, problem: number | null, recovered: number | null][] = [
    [received(at(1)), "synced", null, null],
    [received(at(2), { error: "boom" }), "sync_error", at(2), null],
    [failed(at(3)), "sync_error", at(2), null],
    [failed(at(4)), "unreachable", at(2), null],
    [received(at(5)), "synced", null, at(5)],
    [received(at(6), { version: "33" }), "unsupported", null, at(5)],
    [received(at(7)), "synced", null, at(5)],
    [received(at(8), { error: "boom" }), "sync_error", at(8), null],
    [received(at(9), { version: "33" }), "unsupported", null, null],
  ];
  for (const [outcome, state, problemSince, recoveredAt] of polls) {
    status = nextStatus(status, outcome, RULES).status;
    t.match(status, { state, problemSince, recoveredAt });
    if (state !== "unreachable") continue;
    t.match(status, { stateSince: at(2), silentSince: at(3), stateBefore: "sync_error" }, "it has one age");
  }
});

t.test("the first success ever is no recovery, a later one is, whatever was told meanwhile", async (t) => {
  const unknown = received(at(2), { syncedAgoMs: null });
  for (const before of [[failed(at(0)), failed(at(1))], [unknown], [unknown, failed(at(3)), failed(at(4))]]) {
    const status = after(...before, received(at(5)));
    t.match(status, { state: "synced", problemSince: null, recoveredAt: null });
  }
  for (const between of [[unknown], [unknown, failed(at(3)), failed(at(4))]]) {
    const status = after(received(at(0)), ...between, received(at(5)));
    t.match(status, { state: "synced", recoveredAt: at(5) });
  }
});

t.test("a line that is cut is one cause, in whichever way that is found out", async (t) => {
  const codes = ["response_timeout", "dns", "not_connected", "tls", "connect_timeout"] as const;
  const polls = codes.map((code, index) => failed(START + (index + 1) * MINUTE_MS, code, code));
  t.equal(after(received(START), ...polls.slice(0, 1)).causeKey, null, "not before it is unreachable");
  const status = after(received(START), ...polls);
  t.match(status, { causeKey: "no_answer", causeSince: START + MINUTE_MS, failureCode: "connect_timeout" });
});

const CLOCK = { slow: -1_300, set: 5 * MINUTE_MS };

/**
 * What a word of the table polls `minutes` after the start: `error`, whose last exchange was a minute before the start; the same over a slow
 * line, after its clock was set, with an exchange five minutes ago, or without any.
 */
function polledAs(word: string, minutes: number): StatusOutcome {
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
    clockAheadMs,
    syncedAgoMs: how === "never" ? null : syncedAgoMs,
  });
}

const AGES: [polled: string, since: number | null, silentSince: number | null][] = [
  ["0 well, 5 error", 5, null],
  ["0 well, 5 stopped", 5, null],
  ["0 well, 20 stale", 20, null],
  ["5 error", -1, null],
  ["5 error/never", 5, null],
  ["5 error/never, 6 error", -1, null],
  ["0 well, 5 error/never, 6 error", 5, null],
  ["0 well, 5 silent, 6 silent", 5, 5],
  ["5 silent, 6 silent", 5, 5],
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
    const steps = polled.split(", ").map((step) => step.split(" "));
    const status = after(...steps.map(([minutes, word = ""]) => polledAs(word, Number(minutes))));
    const problemSince = since === null ? null : at(since);
    t.match(status, { problemSince, silentSince: silentSince === null ? null : at(silentSince) });
    if (since !== null) t.equal(status.stateSince, problemSince, "which is the one of its row");
  });
}

t.test("what is not told does not wipe the version that was", async (t) => {
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
