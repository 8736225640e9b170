import t, { type Test } from "tap";
import { keepCauses } from "../../src/monitor/fleet/kept-causes.ts";
import { replaceOpeningHours } from "../../src/monitor/fleet/opening-hours/change-opening-hours.ts";
import { readHours, readWorks } from "../../src/monitor/fleet/opening-hours/read-schedule.ts";
import { NO_WORKS } from "../../src/monitor/fleet/opening-hours/schedule.ts";
import type { PosServerState } from "../../src/monitor/fleet/state.ts";
import { buildReport, shareOf } from "../../src/monitor/reports/build-report.ts";
import { boundsOf, type Period } from "../../src/monitor/reports/period.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { moveTo } from "../helpers/registry.ts";
import { addRow, changeRows } from "../helpers/rows.ts";

const ZONE = "Europe/Moscow";
const PERIOD: Period = { from: "2026-11-20", to: "2026-11-22" };
const PERIOD_HOURS = 72;
const MAKER = { userId: null, login: "anna", name: "Анна", address: "127.0.0.1" };

/** `21 10:30` in Moscow, in November; or a time in full. */
function at(text: string): number {
  return text.includes("T") ? Date.parse(text) : Date.parse(`2026-11-${text.replace(" ", "T")}+03:00`);
}

/** A monitor that ran for a year, but for the spans told. @param off pairs of times. */
async function start(t: Test, off: [string, string][] = []) {
  const monitor = await startMonitor(t);
  const { db, clock } = monitor;
  const bounds = [clock() - 366 * DAY_MS, ...off.flat().map(at), clock()];
  for (let index = 0; index < bounds.length; index += 2)
    await addRow(db, "monitorRun", { startedAt: bounds[index] ?? 0, seenAt: bounds[index + 1] ?? 0 });

  /** @returns its id. */
  async function live(steps: string, { hasExchanged = true, organizationId = 0 } = {}): Promise<number> {
    const id = await monitor.addPosServer(organizationId ? { organizationId } : {});
    await db.deleteFrom("stateChange").where("posServerId", "=", id).execute();
    await changeRows(db, "posStatus", { hasExchanged: Number(hasExchanged) }, { posServerId: id });
    await go(id, steps);
    return id;
  }

  /** @param steps as `01 00:00 synced, 20 10:00 sync_error: boom`. */
  async function go(id: number, steps: string): Promise<void> {
    const changes = steps.split(/,\s+/).map((step) => {
      const [, time = "", state = "", detail = null] = /^(.+?) ([a-z_]+)(?:: (.+))?$/.exec(step) ?? [];
      const causeKey = state === "service_stopped" || state === "sync_stale" ? state : null;
      return { posServerId: id, at: at(time), state: state as PosServerState | "parked", detail, causeKey };
    });
    const kept = await keepCauses(db, changes);
    await db.insertInto("stateChange").values(kept).execute();
  }

  async function setHours(
    owner: { posServerId: number } | { organizationId: number },
    hours: string,
    works = "",
  ) {
    const read = { hours: readHours(hours), works: readWorks(works, ZONE, at("01 00:00")) };
    if (!read.hours.ok || !read.works.ok) throw new Error("hours or works are not understood");
    await replaceOpeningHours(
      db,
      MAKER,
      { owner, name: "hours", organizationId: 1 },
      { timeZone: ZONE, hours: read.hours.value, works: read.works.value ?? NO_WORKS },
      clock(),
    );
  }

  async function reportOf(organizationId: number | null = null, period = PERIOD, zone = ZONE) {
    const query = { access: "all", organizationId, tagId: null } as const;
    return await buildReport(db, query, boundsOf(period, zone, clock()), clock());
  }

  /** Of one that lives so, in an organization of its own. */
  async function reportOfOne(steps: string) {
    const organizationId = await monitor.addOrganization();
    await live(steps, { organizationId });
    return await reportOf(organizationId);
  }

  return { ...monitor, live, go, setHours, reportOf, reportOfOne };
}

function hours({ workedMs, lostMs }: { workedMs: number; lostMs: number }) {
  return { worked: workedMs / HOUR_MS, lost: lostMs / HOUR_MS };
}

t.test("an exchange that always worked, or failed before the period and in it", async (t) => {
  const { reportOfOne } = await start(t);
  const always = await reportOfOne("01 00:00 synced");
  t.same(hours(always), { worked: PERIOD_HOURS, lost: 0 });
  t.match(always, { failures: 0, failing: 0, recoveryMs: null, causes: [], counted: 1 });
  t.same(always.parts.map(hours), Array(3).fill({ worked: 24, lost: 0 }));

  const going = await reportOfOne(`01 00:00 synced, 19 12:00 unreachable, 21 00:00 sync_stale,
    22 12:00 unreachable`);
  t.same(hours(going), { worked: 0, lost: PERIOD_HOURS });
  t.match(going, { failures: 1, recoveryMs: null, causes: [{ failures: 1 }] }, "it goes on: no recovery");
  t.same(hours(going.before ?? { workedMs: 0, lostMs: 0 }), { worked: 60, lost: 12 });

  const whole = await reportOfOne(`01 00:00 synced, 19 22:00 service_stopped, 20 01:00 synced,
    22 23:00 service_stopped`);
  t.same(hours(whole), { worked: 70, lost: 2 }, "what was lost is of the period");
  t.match(whole, { failures: 2, lasting: 1, recoveryMs: 3 * HOUR_MS }, "a failure has its whole length");
  t.match(whole.posServers, [{ longestMs: 3 * HOUR_MS }]);
});

t.test("parked time counts for nothing, nor does that before a first answer", async (t) => {
  const { reportOfOne } = await start(t);
  const parked = await reportOfOne(`01 00:00 sync_error: boom, 20 06:00 parked, 21 12:00 sync_error: boom,
    21 13:00 synced`);
  t.same(hours(parked), { worked: 35, lost: 7 });
  t.match(parked, { failures: 2, recoveryMs: HOUR_MS }, "it ends a failure without a recovery");
  const added = await reportOfOne(`21 00:00 pending, 21 01:00 unreachable, 21 06:00 synced,
    22 00:00 service_stopped, 22 01:00 synced`);
  t.same(hours(added), { worked: 41, lost: 1 });
  t.equal(added.failures, 1);
});

t.test("three failures, whose median is not their mean", async (t) => {
  const { reportOfOne } = await start(t);
  const found = await reportOfOne(`01 00:00 synced, 20 10:00 service_stopped, 20 10:30 synced,
    21 10:00 sync_error: database disk image is malformed, 21 11:00 update_required,
    22 01:00 service_stopped, 22 09:30 synced`);
  t.same(hours(found), { worked: 62, lost: 10 });
  t.equal(shareOf(found), 62 / 72);
  t.match(found, { failures: 3, failing: 1, recoveryMs: HOUR_MS });
  t.same(
    found.causes.map(({ cause, failures, lostMs }) => [cause, failures, lostMs / HOUR_MS]),
    [
      ["service_stopped", 2, 9],
      ["database_damaged", 1, 1],
    ],
  );
  t.match(found.posServers, [{ failures: 3, longestMs: 8.5 * HOUR_MS, cause: "service_stopped" }]);
  const lost = found.parts.map((part) => hours(part).lost);
  t.same(lost, [0.5, 1, 8.5]);

  const { posServers } = await reportOfOne(`01 00:00 synced,
    20 10:00 sync_error: database disk image is malformed, 20 10:10 synced,
    21 10:00 service_stopped, 21 12:00 synced`);
  t.match(posServers, [{ failures: 2, cause: "service_stopped" }], "as frequent, but it took longer");
});

t.test("what the monitor did not see is unknown", async (t) => {
  const { live, reportOf } = await start(t, [["20 12:00", "20 18:00"]]);
  await live("01 00:00 synced, 20 11:00 sync_error: boom, 20 20:00 synced");
  const found = await reportOf();
  t.same(hours(found), { worked: 63, lost: 3 });
  t.match(found, { failures: 1, recoveryMs: 3 * HOUR_MS }, "one failure, in spite of the gap");
});

t.test("only opening hours count, and a night does not end a failure", async (t) => {
  const { live, setHours, reportOf, addOrganization, clock } = await start(t);
  const id =
    await live(`01 00:00 synced, 20 21:00 sync_error: boom, 20 22:00 closed, 21 10:01 sync_error: boom,
    21 11:00 synced, 22 03:00 unreachable, 22 04:00 synced`);
  await setHours({ posServerId: id }, "10:00–22:00", "22.11.2026 12:00–14:00");
  const found = await reportOf();
  const minute = MINUTE_MS / HOUR_MS;
  t.same(hours(found), { worked: 32, lost: 2 - minute });
  t.match(found, { failures: 1, recoveryMs: 2 * HOUR_MS - MINUTE_MS }, "nobody missed it at 3 at night");

  const organizationId = await addOrganization();
  const other = await live("01 00:00 synced", { organizationId });
  await setHours({ organizationId }, "10:00–22:00");
  t.equal(hours(await reportOf(organizationId)).worked, 3 * 12);
  clock.advance(HOUR_MS);
  await setHours({ posServerId: other }, "10:00–11:00");
  t.equal(hours(await reportOf(organizationId)).worked, 3, "past days have the opening hours of today");
});

t.test("the hour that comes twice counts twice", async (t) => {
  const { live, setHours, reportOf, db } = await start(t);
  const steps = "2026-10-20T00:00Z synced, 2026-10-25T00:30Z service_stopped, 2026-10-25T03:30Z synced";
  await setHours({ posServerId: await live(steps) }, "0:00–6:00");
  await db.updateTable("openingHours").set({ timeZone: "Europe/Berlin" }).execute();
  const day = { from: "2026-10-25", to: "2026-10-25" };
  t.same(hours(await reportOf(null, day, "Europe/Berlin")), { worked: 4, lost: 3 });
});

t.test("one that was moved leaves its past behind", async (t) => {
  const { go, ...monitor } = await start(t);
  const { live, reportOf, clock } = monitor;
  const [from, to] = [await monitor.addOrganization(), await monitor.addOrganization()];
  const steps = "01 00:00 synced, 20 10:00 service_stopped, 20 11:00 synced";
  const id = await live(steps, { organizationId: from });
  const now = clock();
  clock.set(at("21 12:00"));
  await moveTo(monitor, id, to);
  await go(id, "22 10:00 sync_error: boom, 22 12:00 synced");
  clock.set(now);
  t.same(hours(await reportOf(from)), { worked: 0, lost: 0 });
  t.same(hours(await reportOf(to)), { worked: 34, lost: 2 });
  t.match(await reportOf(), { failures: 1, counted: 1 });
});

t.test("resets of the period, and whether they helped", async (t) => {
  const { live, reportOf, db, setHours } = await start(t);
  const id = await live(
    "01 00:00 synced, 21 00:00 sync_error: database disk image is malformed, 21 02:00 synced",
  );
  await setHours({ posServerId: id }, "0:00–12:00");
  for (const [resetAt, syncedAt] of [
    ["21 01:59", "21 02:00"],
    ["20 01:00", null],
    ["19 01:00", null],
  ] as const) {
    const now = at(resetAt);
    await addRow(db, "databaseReset", {
      posServerId: id,
      userLogin: "anna",
      userAddress: "127.0.0.1",
      idempotencyKey: resetAt,
      confirmation: "100237",
      identity: "pos-1",
      fetchLogs: 0,
      startService: 1,
      step: syncedAt === null ? "failed" : "done",
      requestedAt: now,
      begunAt: now,
      stepAt: now,
      runsAt: now,
      resetAt: now,
      finishedAt: now,
      syncedAt: syncedAt && at(syncedAt),
    });
  }
  const found = await reportOf();
  t.same(hours(found), { worked: 34, lost: 2 });
  t.match(found, { failures: 1, resets: 2, helpful: 1, resetMs: MINUTE_MS });
});

t.test("what is unknown does not count, and is named with its reason", async (t) => {
  const { live, reportOf } = await start(t);
  await live("01 00:00 sync_stale", { hasExchanged: false });
  await live("01 00:00 parked");
  await live("01 00:00 unreachable");
  await live("23 00:00 synced");
  const found = await reportOf();
  const reasons = found.unknown.map(({ unknownFor }) => unknownFor);
  t.same(reasons, ["sync_stale", "parked"], "one that was added after it has no part in it");
  t.same(hours(found), { worked: 0, lost: PERIOD_HOURS }, "one that had worked before is without exchange");
});
