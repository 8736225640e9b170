import t from "tap";
import { keepIncidents } from "../../../src/monitor/fleet/incidents/keep-incidents.ts";
import { savePollResults } from "../../../src/monitor/polling/save-results.ts";
import { startMonitor } from "../../helpers/app.ts";
import { MINUTE_MS } from "../../helpers/clock.ts";
import { addExchanging } from "../../helpers/incidents.ts";
import { failed, type Reported, received } from "../../helpers/outcomes.ts";
import { createRandom, type Random } from "../../helpers/random.ts";

const POS_SERVERS = 36;
const MINUTES = 240;
/** In the end all is calm for long enough to be known. */
const CALM_FROM = MINUTES - 70;
const TROUBLE = "Беда";
const MAIN_SERVER = "Главный сервер не ответил вовремя";

interface Spell {
  from: number;
  to: number;
}
const isIn = ({ from, to }: Spell, minute: number) => minute >= from && minute < to;

/** A spell of 1 to `longest` minutes that is over when all is calm. */
function spellOf(random: Random, longest: number): Spell {
  const from = 20 + Math.floor(random.next() * (CALM_FROM - 40));
  return { from, to: Math.min(from + 1 + Math.floor(random.next() * longest), CALM_FROM) };
}

/** One that concerns a share of all. */
function spellOfMany(random: Random, longest: number) {
  const share = random.pick([1, 0.5, 0.2]) ?? 1;
  const concerned = Array.from({ length: POS_SERVERS }, () => random.chance(share));
  return { ...spellOf(random, longest), concerned };
}

/** What becomes of one POS server by itself: trouble that comes back, and may stay. No four have the same, so that no crowd is their own. */
function fateOf(random: Random, place: number) {
  const kind = (["service", "port", "error", "error", "error"] as const)[place % 13] ?? "error";
  const [first, back] = [spellOf(random, 120), 1 + Math.floor(random.next() * 25)];
  const again = { from: first.to + back, to: random.chance(0.5) ? Infinity : first.to + 2 * back };
  return {
    kind,
    trouble: random.chance(0.6) ? [first, ...(again.from < CALM_FROM ? [again] : [])] : [],
    silences: random.chance(0.4) ? [spellOf(random, 60)] : [],
  };
}

type Fate = ReturnType<typeof fateOf>;

function reportOf({ kind }: Fate, place: number, isIll: boolean, isMainDown: boolean): Reported {
  const port = isIll && kind === "port" ? "failed" : "ok";
  const error = isMainDown
    ? MAIN_SERVER
    : isIll && kind === "error"
      ? `${TROUBLE} ${"абвгдежзик"[place % 10]}`
      : null;
  return {
    error,
    checks: [{ id: "port", outcome: port, value: "7001", at: null }],
    ...(isIll && kind === "service" && { service: { name: "POS", state: "stopped", startedAt: null } }),
  };
}

for (const seed of [1, 2]) {
  t.test(`after troubles and blinks by chance all is as it is (${seed})`, async (t) => {
    const random = createRandom(seed);
    const monitor = await startMonitor(t);
    const { db } = monitor;
    const rules = await monitor.app.fleet.stateRules();
    const ids = await addExchanging(monitor, POS_SERVERS);
    const fates = ids.map((_, place) => fateOf(random, place));
    const mainDown = [spellOfMany(random, 60), spellOfMany(random, 30)];
    const silences = [spellOfMany(random, 100), spellOfMany(random, 10), spellOfMany(random, 30)];
    const lastSyncAt = ids.map(() => monitor.clock());
    const illSince = ids.map((): number | null => null);

    for (let minute = 1; minute <= MINUTES; minute++) {
      monitor.clock.advance(MINUTE_MS);
      const now = monitor.clock();
      const results = fates.map((fate, place) => {
        const isIll = fate.trouble.some((spell) => isIn(spell, minute));
        const isOfMany = (spell: Spell & { concerned: boolean[] }) =>
          isIn(spell, minute) && spell.concerned[place] === true;
        const isMainDown = mainDown.some(isOfMany);
        if (!isMainDown && (!isIll || fate.kind === "port")) lastSyncAt[place] = now - 5_000;
        if (!isMainDown && !isIll) illSince[place] = null;
        else illSince[place] ??= now;
        const isSilent = silences.some(isOfMany) || fate.silences.some((spell) => isIn(spell, minute));
        const report = reportOf(fate, place, isIll, isMainDown);
        const syncedAgoMs = now - (lastSyncAt[place] ?? 0);
        const outcome = isSilent
          ? failed(now, random.pick(["response_timeout", "connect_timeout"]))
          : received(now, { ...report, syncedAgoMs });
        return { posServerId: ids[place] ?? 0, outcome };
      });
      while (results.length > 0) {
        const polled = results.splice(0, random.chance(0.5) ? 1 : 10);
        await savePollResults(db, polled, rules);
        await keepIncidents(db, now);
      }
    }

    const open = await db
      .selectFrom("incidentMember")
      .innerJoin("incident", "incident.id", "incidentId")
      .innerJoin("posStatus", "posStatus.posServerId", "incidentMember.posServerId")
      .select(["posStatus.posServerId as id", "kind", "status", "incident.silentSince"])
      .select(["failingSince", "problemSince"])
      .select(({ eb, ref }) => eb("incident.causeKey", "is", ref("posStatus.causeKey")).as("isSame"))
      .where("status", "!=", "left")
      .orderBy("id")
      .execute();
    const ill = illSince.flatMap((since, place) => (since === null ? [] : [{ id: ids[place], since }]));
    t.same(
      open.map(({ id, kind, status, silentSince, isSame }) => ({ id, kind, status, silentSince, isSame })),
      ill.map(({ id }) => ({ id, kind: "single", status: "failing", silentSince: null, isSame: 1 })),
    );
    for (const { id, failingSince, problemSince } of open) {
      const since = ill.find((one) => one.id === id)?.since ?? 0;
      for (const [what, at] of Object.entries({ list: problemSince, incident: failingSince })) {
        const awayMs = (at ?? 0) - since;
        t.ok(Math.abs(awayMs) <= 3 * MINUTE_MS, `${what} of ${id}: ${awayMs / MINUTE_MS}`);
      }
    }
    const lost = await db
      .selectFrom("incidentEvent")
      .innerJoin("incident", "incident.id", "incidentId")
      .select("incident.id")
      .where("endedBy", "=", "joined")
      .where("reopenings", "=", 0)
      .where("incidentEvent.detail", "like", `%${TROUBLE}%`)
      .execute();
    t.same(lost, [], "nobody's own trouble becomes a part of that of many");
    const common = db.selectFrom("incident").select("causeKey").where("kind", "=", "common");
    t.same(await common.where("closedAt", "is", null).execute(), []);
    t.ok((await common.execute()).length > 1, "there was something to outlast");
  });
}
