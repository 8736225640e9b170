import t, { type Test } from "tap";
import { keepIncidents } from "../../../src/monitor/fleet/incidents/keep-incidents.ts";
import { queueAllIncidents } from "../../../src/monitor/restaurants/queue-changes.ts";
import { startMonitor } from "../../helpers/app.ts";
import { addChannel, addRule, receiveEvents, tell } from "../../helpers/notifications.ts";
import { createRandom } from "../../helpers/random.ts";

const MINUTE_MS = 60_000;
const MINUTES = 360;
/** In the end every channel works for long enough to have said all. */
const CALM_FROM = MINUTES - 100;
const POS_SERVERS = 8;

/** Why nothing gets through for a while; `off`: the channel is switched off. */
const FAULTS = [
  { status: 401 },
  { status: 422 },
  { status: 500 },
  { status: 429, headers: { "retry-after": "1800" } },
  "off",
] as const;

/** Spells without order: [from, to) in minutes. */
function spells(random: ReturnType<typeof createRandom>, most: number, longest: number, until: number) {
  return Array.from({ length: 1 + Math.floor(random.next() * most) }, () => {
    const from = Math.floor(random.next() * until);
    return { from, to: Math.min(until, from + 3 + Math.floor(random.next() * longest)) };
  });
}

for (const seed of [1, 23])
  t.test(`whatever fails meanwhile, all hear how it stands in the end (${seed})`, (t) =>
    liveThrough(t, seed),
  );

async function liveThrough(t: Test, seed: number): Promise<void> {
  const random = createRandom(seed);
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const channels = await Promise.all(
    ["Смена", "Заявки", "Табло"].map(async (name) => {
      const receiver = await receiveEvents(t);
      const id = await addChannel(monitor, { ...receiver.channel, name });
      await addRule(monitor, id);
      const faults = spells(random, 4, 90, CALM_FROM).map((spell) => ({
        ...spell,
        fault: random.pick(FAULTS) ?? "off",
      }));
      return { id, name, receiver, faults };
    }),
  );
  const posServers: { id: number; ill: ReturnType<typeof spells>; says: string }[] = [];
  for (let index = 0; index < POS_SERVERS; index++) {
    // No two have the same trouble, so that it is no common one.
    const says = `беда ${"абвгдежз"[index]}`;
    const id = await monitor.addPosServer();
    await monitor.report(id);
    const ill = spells(random, 4, 60, MINUTES - 30);
    if (random.chance(0.3)) ill.push({ from: MINUTES - 60, to: MINUTES });
    posServers.push({ id, ill, says });
  }
  const wasIll = new Map<number, boolean>();
  for (let minute = 0; minute < MINUTES; minute++) {
    const isIn = ({ from, to }: { from: number; to: number }) => from <= minute && minute < to;
    for (const { id, receiver, faults } of channels) {
      const fault = faults.find(isIn)?.fault;
      receiver.answer = fault && fault !== "off" ? fault : { status: 200 };
      const isEnabled = fault === "off" ? 0 : 1;
      const { numUpdatedRows } = await db
        .updateTable("channel")
        .set({ isEnabled, retryAt: null })
        .where("id", "=", id)
        .where("isEnabled", "!=", isEnabled)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows > 0n) await queueAllIncidents(db);
    }
    for (const { id, ill, says } of posServers) {
      const isIll = ill.some(isIn);
      if (wasIll.get(id) === isIll) continue;
      wasIll.set(id, isIll);
      await monitor.report(id, isIll ? { error: says, syncedAgoMs: 0 } : {});
    }
    await keepIncidents(db, monitor.clock());
    await tell(monitor);
    monitor.clock.advance(MINUTE_MS);
  }
  const incidents = await db
    .selectFrom("incident")
    .select(["id", "failing", "closedAt", "failingSince"])
    .execute();
  const now = monitor.clock();
  for (const { name, receiver } of channels) {
    t.equal(new Set(receiver.events.map(({ id }) => id)).size, receiver.events.length, "each event once");
    for (const { id, failing, closedAt, failingSince } of incidents) {
      const events = receiver.events.filter(({ incident }) => incident?.id === id).map(({ event }) => event);
      const heard = events.filter((event) => event !== "changed");
      const what = `${seed} ${name} of ${id}: ${events.join(" ")}`;
      t.ok(heard.filter((event) => event === "opened").length <= 1, `${what}: begins once`);
      if (closedAt !== null) t.ok(heard.length === 0 || heard.at(-1) === "closed", `${what}: is over`);
      else if (failing > 0 && now - failingSince > 12 * MINUTE_MS)
        t.match(heard.at(-1), /^(?:re)?opened$/, `${what}: lasts`);
      for (const [index, event] of heard.entries())
        if (event === "closed") t.not(heard[index + 1], "closed", `${what}: ends once`);
    }
  }
}
