import t, { type Test } from "tap";
import type { Db } from "../../../src/monitor/database/schema.ts";
import { keepIncidents } from "../../../src/monitor/fleet/incidents/keep-incidents.ts";
import { savePollResults } from "../../../src/monitor/polling/save-results.ts";
import type { FailureCode } from "../../../src/monitor/pos-client/calls/failure.ts";
import { takeCare } from "../../../src/monitor/restaurants/acknowledge.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor } from "../../helpers/app.ts";
import { addExchanging } from "../../helpers/incidents.ts";
import { failed, type Reported, received } from "../../helpers/outcomes.ts";

const port = (outcome: "ok" | "failed"): Reported["checks"] => [
  { id: "port", outcome, value: "7001", at: null },
];
const MAIN_SERVER = "Главный сервер не ответил вовремя";

/** What is wrong before and after a blink, by the minutes since the last exchange that worked. */
const CAUSES: Record<string, (minutes: number) => Reported> = {
  syncError: (minutes) => ({ error: "нарушена целостность базы", syncedAgoMs: minutes * MINUTE_MS }),
  service_stopped: (minutes) => ({
    service: { name: "iikoCard5POS", state: "stopped", startedAt: null },
    syncedAgoMs: minutes * MINUTE_MS,
  }),
  // Its exchange works all the time.
  not_serving: (minutes) => ({ checks: port(minutes > 5 ? "failed" : "ok") }),
  sync_stale: (minutes) => ({ syncedAgoMs: minutes * MINUTE_MS }),
  synced: () => ({}),
};
const WORDS = Object.keys(CAUSES);

/** A chain in which two have each kind of trouble, and two none; so many are polled at once. */
async function startChain(t: Test, atOnce: number) {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const rules = await monitor.app.fleet.stateRules();
  const ids = await addExchanging(monitor, 2 * WORDS.length);
  const startedAt = monitor.clock();
  const wordOf = (id: number) => WORDS[ids.indexOf(id) % WORDS.length] ?? "";
  const reportedBy = (id: number): Reported =>
    CAUSES[wordOf(id)]?.((monitor.clock() - startedAt) / MINUTE_MS) ?? {};

  /** By what their polls fail, or null = they are well. */
  const failures = new Map<number, FailureCode | null>();
  const nobody = () => false;

  /** Polls each after so long; whom this names does not answer. */
  async function poll(afterMs: number, isSilent: (id: number) => boolean, error?: string): Promise<void> {
    monitor.clock.advance(afterMs);
    const now = monitor.clock();
    const results = ids.map((posServerId) => ({ posServerId, outcome: outcomeOf(posServerId) }));
    for (let from = 0; from < ids.length; from += atOnce) {
      await savePollResults(db, results.slice(from, from + atOnce), rules);
      await keepIncidents(db, now);
    }

    function outcomeOf(id: number) {
      if (isSilent(id)) return failed(now, "response_timeout");
      const failure = failures.get(id);
      if (failure === null) return received(now);
      if (failure) return failed(now, failure);
      return received(now, { ...reportedBy(id), ...(error !== undefined && { error }) });
    }
  }

  return {
    monitor,
    db,
    ids,
    wordOf,
    failures,
    /** Polls each now and then for three quarters of an hour, until all have their trouble. */
    async begin() {
      for (let times = 0; times < 9; times++) await poll(5 * MINUTE_MS, nobody);
    },
    /** Polls each every minute for so long. */
    async pass(durationMs: number, isSilent: (id: number) => boolean = nobody, error?: string) {
      for (let left = durationMs; left > 0; left -= MINUTE_MS)
        await poll(Math.min(left, MINUTE_MS), isSilent, error);
    },
    incidents: () => selectIncidents(db).where("kind", "=", "single").execute(),
    common: () => selectIncidents(db).where("kind", "=", "common").execute(),
    ages: () =>
      db
        .selectFrom("posStatus")
        .select(["posServerId", "state", "stateSince", "problemSince", "version"])
        .orderBy("posServerId")
        .execute(),
  };
}

function selectIncidents(db: Db) {
  const named = db.selectFrom("incident").leftJoin("cause", "cause.id", "causeId");
  return named.selectAll("incident").select("causeKey").orderBy("incident.id");
}

/** Until all have their trouble, and each of its incidents is taken care of; those alone are no common cause. */
async function startTroubled(t: Test, atOnce = 10) {
  const chain = await startChain(t, atOnce);
  const { monitor, db, ids, wordOf } = chain;
  await chain.begin();
  const actor = { userId: null, login: "anna", name: "Анна", address: "127.0.0.1" };
  const terms = { endsAt: monitor.clock() + 600 * MINUTE_MS, note: null, insteadOf: null };
  for (const id of ids.filter((id) => wordOf(id) !== "synced")) {
    const subject = { kind: "posServer" as const, id, name: "", organizationId: null };
    await takeCare(db, actor, subject, terms, monitor.clock());
  }
  return chain;
}

const BLINKS = [10 * SECOND_MS, 4 * MINUTE_MS, 40 * MINUTE_MS];
const OVER: Record<string, (id: number) => boolean> = { one: (id) => id <= WORDS.length, all: () => true };

for (const durationMs of BLINKS) {
  for (const [whom, isSilent] of Object.entries(OVER)) {
    t.test(`after a blink of ${durationMs / 1_000} s over ${whom} all is as it really was`, async (t) => {
      const chain = await startTroubled(t);
      const { db, wordOf } = chain;
      const incidents = await chain.incidents();
      const ages = await chain.ages();
      const found = incidents.map(({ posServerId }) => wordOf(posServerId ?? 0)).sort();
      const expected = WORDS.flatMap((word) => (word === "synced" ? [] : [word, word])).sort();
      t.same(found, expected, "each trouble is an incident");
      await chain.pass(durationMs, isSilent);
      for (const [index, incident] of (await chain.incidents()).entries()) {
        const known = incidents[index];
        if (known) t.same(incident, known, "nothing of it is lost meanwhile");
      }
      await chain.pass(2 * MINUTE_MS);
      const after = await chain.incidents();
      t.same(after.slice(0, incidents.length), incidents, "it goes on as if nothing had been");
      for (const own of after.slice(incidents.length))
        t.match(own, { state: "unreachable", closedAt: Number, failing: 0 }, "of those that were well");
      const isFailing = ({ state }: { state: string }) => state !== "synced";
      t.match((await chain.ages()).filter(isFailing), ages.filter(isFailing));
      for (const common of await chain.common())
        t.match(common, { state: "unreachable", closedAt: Number, failing: 0 });
      const taken = await db.selectFrom("acknowledgement").select("endedAt").distinct().execute();
      t.same(taken, [{ endedAt: null }], "whoever takes care of it still does");
    });
  }
}

for (const [failure, many] of [
  ["unauthorized", 10],
  ["connect_refused", 9],
] as const)
  t.test(`whoever has ${failure} as before is out of a silence of many, with all it had`, async (t) => {
    const chain = await startChain(t, 10);
    chain.failures.set(chain.ids.find((id) => chain.wordOf(id) === "synced") ?? 0, failure);
    await chain.begin();
    const incidents = await chain.incidents();
    await chain.pass(4 * MINUTE_MS, () => true);
    t.match(await chain.common(), [{ failing: many, closedAt: null }]);
    await chain.pass(2 * MINUTE_MS);
    t.match(await chain.common(), [{ failing: 0, closedAt: Number }]);
    t.same((await chain.incidents()).slice(0, incidents.length), incidents);
  });

t.test("what has recovered is not what a silence of many suspends", async (t) => {
  const chain = await startChain(t, 1);
  await chain.begin();
  const [damaged = 0] = chain.ids;
  const own = async () => (await chain.incidents()).filter((one) => one.posServerId === damaged);
  t.match(await own(), [{ state: "sync_error", closedAt: null }]);
  chain.failures.set(damaged, null);
  await chain.pass(2 * MINUTE_MS);
  t.match(await own(), [{ closedAt: Number }]);
  await chain.pass(4 * MINUTE_MS, () => true);
  t.match(await chain.common(), [{ failing: 10, closedAt: null }]);
  t.match(await own(), [{ state: "unreachable", closedAt: Number, failing: 0 }]);
});

for (const atOnce of [1, 10])
  t.test(`a common cause suspends what was before, a silence both, ${atOnce} at once`, async (t) => {
    const chain = await startTroubled(t, atOnce);
    const incidents = await chain.incidents();
    const others = (id: number) => chain.wordOf(id) === "service_stopped";
    await chain.pass(4 * MINUTE_MS, others, MAIN_SERVER);
    const refused = { state: "sync_error", closedAt: null };
    t.match(await chain.common(), [{ ...refused, failing: 6 }], "those that tell of an exchange");
    await chain.pass(4 * MINUTE_MS, () => true);
    t.match(await chain.common(), [refused, { state: "unreachable", failing: 10 }]);
    await chain.pass(MINUTE_MS, () => false, MAIN_SERVER);
    t.match(await chain.common(), [
      { ...refused, failing: 6 },
      { failing: 0, endedBy: "answered" },
    ]);
    await chain.pass(MINUTE_MS);
    t.match(await chain.common(), [{ state: "sync_error", failing: 0, closedAt: Number }, {}]);
    t.match((await chain.incidents()).slice(0, incidents.length), incidents, "what was before goes on");
  });

t.test("trouble under a common cause is its own as soon as nobody has that any more", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 8);
  const [own = 0, ...others] = ids;
  for (const id of ids) await monitor.report(id, { error: MAIN_SERVER, syncedAgoMs: 0 });
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(own, { error: "Нет места на диске", syncedAgoMs: MINUTE_MS });
  const open = () => selectIncidents(monitor.db).where("closedAt", "is", null).execute();
  t.match(await open(), [{ kind: "common", failing: 8 }]);
  for (const id of others) await monitor.report(id);
  await keepIncidents(monitor.db, monitor.clock());
  t.match(await open(), [{ kind: "single", causeKey: "нет места на диске", posServerId: own, failing: 1 }]);
});
