import t from "tap";
import { adviceOn } from "../../src/monitor/fleet/causes.ts";
import { nextStatus, type PosStatus } from "../../src/monitor/polling/next-status.ts";
import type { Evidence } from "../../src/protocol/status-report.ts";
import { DAY_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { START } from "../helpers/clock.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { getText } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

const EVERY_MS = 5 * MINUTE_MS;

interface Notified {
  /** By the clock of the POS server; null = never. */
  writtenAt: number | null;
  seenAt?: number | null;
  evidence?: Evidence;
  /** null = half a minute ago, as each time. */
  successAt?: number | null;
}

function after(status: PosStatus, now: number, told: Notified | "failed"): PosStatus {
  if (told === "failed") return nextStatus(status, failed(now), RULES).status;
  const { writtenAt, seenAt = null, evidence = "guess", successAt = null } = told;
  const outcome = received(now, { logs: { evidence } });
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  if (!outcome.ok || !outcome.report.sync) return status;
  if (successAt !== null) outcome.report.sync.lastSuccessAt = iso(successAt);
  outcome.report.sync.traces = { databaseWrittenAt: iso(writtenAt), connectionSeenAt: iso(seenAt) };
  return nextStatus(status, outcome, RULES).status;
}

/** Polls every five minutes, with a success each time. @param told by when it is. */
function follow(
  status: PosStatus,
  from: number,
  to: number,
  told: (now: number) => Notified | "failed",
): PosStatus {
  let next = status;
  for (let now = from; now < to; now += EVERY_MS) next = after(next, now, told(now));
  return next;
}

const writing = (now: number): Notified => ({ writtenAt: now - MINUTE_MS });
/** An exchange wrote to the database with each success for two days. */
const written = () => follow(neverPolled(), START, START + 2 * DAY_MS, writing);
const DEAD = START + 2 * DAY_MS;
const LAST_WRITE = DEAD - EVERY_MS - MINUTE_MS;
const dead = (): Notified => ({ writtenAt: LAST_WRITE });

t.test("a guessed success without traces is doubted after three pauses, until there is one", async (t) => {
  t.equal(written().state, "synced");
  t.equal(follow(written(), DEAD, DEAD + 2 * EVERY_MS, dead).state, "synced");
  const doubted = follow(written(), DEAD, DEAD + 12 * EVERY_MS, dead);
  t.match(doubted, { state: "sync_stale", untracedSince: LAST_WRITE, causeKey: "untraced" });
  t.ok((doubted.problemSince ?? 0) < DEAD + 5 * EVERY_MS, "its age does not begin anew with each success");
  const { state, syncError, lastSyncAt, untracedSince } = doubted;
  const facts = { state, syncError, lastSyncAt, untracedSince, failureCode: null, serviceState: null };
  t.match(adviceOn(facts), { cause: "exchange_untraced", step: "get_logs", resetFails: null });
  t.match(follow(doubted, DEAD + DAY_MS, DEAD + DAY_MS + EVERY_MS, writing), {
    state: "synced",
    untracedSince: null,
    causeKey: null,
  });
});

t.test("list, page and the question before a reset say since when, whatever the log says", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id, { syncedAgoMs: MINUTE_MS });
  const untracedSince = monitor.clock() - 94 * MINUTE_MS;
  const doubt = { state: "sync_stale" as const, causeKey: "untraced", untracedSince };
  await changeRows(monitor.db, "posStatus", doubt);
  for (const path of ["/pos-servers", `/pos-servers/${id}`])
    t.match(await getText(monitor.app, path), /следов обмена нет с 11:26/, path);
  const question = await getText(monitor.app, `/pos-servers/${id}/database-resets/new`);
  t.match(question.replaceAll("\u00A0", " "), /Последний обмен 1 ч 34 мин назад: операции после 11:26/);
});

t.test("what is known, what never left traces, and what nobody watched for long is believed", async (t) => {
  const known = (): Notified => ({ ...dead(), evidence: "known" });
  t.equal(follow(written(), DEAD, DEAD + DAY_MS, known).state, "synced");
  const never = (): Notified => ({ writtenAt: null });
  t.equal(follow(neverPolled(), START, START + 3 * DAY_MS, never).state, "synced");
  const morning = follow(neverPolled(), START, START + DAY_MS / 2, writing);
  const quiet = (): Notified => ({ writtenAt: START + DAY_MS / 2 });
  t.equal(follow(morning, START + DAY_MS / 2, START + DAY_MS - EVERY_MS, quiet).state, "synced");
});

t.test("a pause that was over is usual from then on", async (t) => {
  const night = follow(written(), DEAD, DEAD + DAY_MS / 3, dead);
  t.equal(night.state, "sync_stale");
  const day = follow(night, DEAD + DAY_MS / 3, DEAD + DAY_MS, writing);
  const nextNight = (): Notified => ({ writtenAt: DEAD + DAY_MS - EVERY_MS });
  t.equal(follow(day, DEAD + DAY_MS, DEAD + 1.4 * DAY_MS, nextNight).state, "synced");
});

t.test("what is over is no lie, and what nobody looked at is not missed", async (t) => {
  const over = (): Notified => ({ ...dead(), successAt: DEAD - EVERY_MS });
  t.match(follow(written(), DEAD, DEAD + 12 * EVERY_MS, over), {
    state: "sync_stale",
    untracedSince: null,
    causeKey: "sync_stale",
  });
  const late = DEAD + DAY_MS / 2;
  const back = follow(written(), late, late + 2 * EVERY_MS, dead);
  t.equal(back.state, "synced", "its monitor was stopped for half a day");
  const again = follow(back, late + 2 * EVERY_MS, late + DAY_MS / 2, writing);
  t.equal(follow(again, late + DAY_MS / 2, late + DAY_MS / 2 + 12 * EVERY_MS, dead).state, "sync_stale");
  const off = (): Notified => ({ ...dead(), successAt: DEAD - EVERY_MS });
  const night = follow(written(), DEAD, late, off);
  t.equal(follow(night, late, late + EVERY_MS, dead).state, "synced", "it was switched off for half a day");
});

t.test("connections are missed as soon; lost polls and new starts are none", async (t) => {
  const seen = (now: number): Notified => ({ writtenAt: START, seenAt: now });
  const none = (): Notified => ({ writtenAt: START, seenAt: null });
  const watched = follow(neverPolled(), START, DEAD, seen);
  t.equal(follow(watched, DEAD, DEAD + EVERY_MS, none).state, "synced", "its agent was started anew");
  const doubted = follow(watched, DEAD, DEAD + 12 * EVERY_MS, none);
  t.equal(doubted.state, "sync_stale");
  const lossy = (now: number) => (now % (3 * EVERY_MS) === 0 ? "failed" : none());
  t.match(follow(doubted, DEAD + 12 * EVERY_MS, DEAD + DAY_MS, lossy), {
    state: "sync_stale",
    untracedSince: doubted.untracedSince,
    problemSince: doubted.problemSince,
  });
  const silent = follow(watched, DEAD, DEAD + DAY_MS, () => "failed");
  t.equal(follow(silent, DEAD + DAY_MS, DEAD + DAY_MS + 2 * EVERY_MS, none).state, "synced");
});

t.test("where only every tenth success leaves a trace, that is usual", async (t) => {
  const seldom = (now: number): Notified => ({ writtenAt: now - ((now - START) % (10 * EVERY_MS)) });
  const usual = follow(neverPolled(), START, START + 3 * DAY_MS, seldom);
  t.equal(usual.state, "synced");
  const last = usual.traces === null ? 0 : JSON.parse(usual.traces).at;
  const end = START + 3 * DAY_MS;
  t.equal(follow(usual, end, end + 20 * EVERY_MS, () => ({ writtenAt: last })).state, "synced");
  t.equal(follow(usual, end, end + 60 * EVERY_MS, () => ({ writtenAt: last })).state, "sync_stale");
});
