import t from "tap";
import {
  type Moment,
  type NextNotification,
  type Notified,
  nextNotification,
  type SeenIncident,
} from "../../../src/monitor/notifications/rules/next-notification.ts";
import { DEFAULT_TERMS, quietUntil, type RuleTerms } from "../../../src/monitor/notifications/rules/rule.ts";
import { MINUTE_MS } from "../../../src/protocol/time-units.ts";
import { START } from "../../helpers/clock.ts";

const FAILING: SeenIncident = {
  kind: "single",
  state: "sync_error",
  status: "failing",
  openedAt: START - 3 * MINUTE_MS,
  failingSince: START - 3 * MINUTE_MS,
  isFlapping: false,
  isAcknowledged: false,
};
const LASTS: SeenIncident = { ...FAILING, failingSince: START - 10 * MINUTE_MS };
const OVER: SeenIncident = { ...LASTS, status: "over" };
const NOTICE: Notified = {
  says: "failing",
  notifiedAt: START - 30 * MINUTE_MS,
  alertedAt: START - 30 * MINUTE_MS,
  escalatedAt: null,
};
const TOLD_OVER: Notified = { ...NOTICE, says: "over" };
const REPEATS: Partial<RuleTerms> = { repeatMs: 20 * MINUTE_MS };
const ESCALATES: Partial<RuleTerms> = { escalation: { afterMs: 30 * MINUTE_MS, channelId: 2 } };
const QUIET: Partial<Moment> = { quietUntil: START + 60 * MINUTE_MS };

interface Case {
  terms?: Partial<RuleTerms>;
  incident: SeenIncident;
  told?: Notified;
  moment?: Partial<Moment>;
}

const again = (minutes: number) => START + minutes * MINUTE_MS;

function telling(notify: NextNotification["notify"], lookAgainAt: number | null = null, escalates = false) {
  return { notify, lookAgainAt, escalates };
}

const CASES: [what: string, given: Case, expected: NextNotification][] = [
  [
    "is of many, for which the rule waits too",
    { incident: { ...FAILING, kind: "common" }, terms: { isCommonAtOnce: false } },
    telling(null, again(7)),
  ],
  ["waits for its restaurant to open", { incident: { ...LASTS, status: "paused" } }, telling(null)],
  [
    "fails shortly before quiet hours end",
    { incident: FAILING, moment: { quietUntil: again(1) } },
    telling(null, again(7)),
  ],
  [
    "flaps: it has lasted since it began",
    { incident: { ...FAILING, openedAt: START - 40 * MINUTE_MS, isFlapping: true } },
    telling("opened"),
  ],
  [
    "began later than now, by a clock that was turned back",
    { incident: { ...FAILING, failingSince: again(600) } },
    telling("opened"),
  ],
  ["was told and goes on", { incident: LASTS, told: NOTICE }, telling("changed")],
  [
    "was told and recovers in quiet hours",
    { incident: OVER, told: NOTICE, moment: QUIET },
    telling("closed"),
  ],
  ["was told and has closed", { incident: { ...LASTS, status: "paused" }, told: NOTICE }, telling("changed")],
  ["was told to be over, and is", { incident: OVER, told: TOLD_OVER }, telling("changed")],
  ["comes back for a moment", { incident: FAILING, told: TOLD_OVER }, telling(null, again(7))],
  ["is to be told again", { incident: LASTS, told: NOTICE, terms: REPEATS }, telling("repeated", again(20))],
  [
    "is to be told again later",
    { incident: LASTS, told: { ...NOTICE, alertedAt: START - 5 * MINUTE_MS }, terms: REPEATS },
    telling("changed", again(15)),
  ],
  [
    "is to be told again, but hours are quiet",
    { incident: LASTS, told: NOTICE, terms: REPEATS, moment: QUIET },
    telling("changed", again(60)),
  ],
  ["nobody has taken", { incident: LASTS, told: NOTICE, terms: ESCALATES }, telling("changed", null, true)],
  [
    "nobody has taken, which was escalated",
    { incident: LASTS, told: { ...NOTICE, escalatedAt: START }, terms: ESCALATES },
    telling("changed"),
  ],
  [
    "nobody has taken, though it was repeated meanwhile",
    {
      incident: LASTS,
      told: { ...NOTICE, alertedAt: START - 10 * MINUTE_MS },
      terms: { ...REPEATS, ...ESCALATES },
    },
    telling("changed", again(10), true),
  ],
  [
    "is told for the first time by a rule that reminds",
    { incident: LASTS, terms: { ...REPEATS, ...ESCALATES } },
    telling("opened", again(20)),
  ],
];

for (const [what, { terms, incident, told = null, moment }, expected] of CASES) {
  t.test(`an incident ${what}`, async (t) => {
    const rule = { ...DEFAULT_TERMS, ...terms };
    const now: Moment = { now: START, quietUntil: null, ...moment };
    t.same(nextNotification(rule, incident, told as Notified | null, now), expected);
  });
}

const MOSCOW = "Europe/Moscow";
const NIGHT = { from: 23 * 60, to: 8 * 60 };
const NOON = { from: 12 * 60, to: 13 * 60 + 30 };

function until(quiet: Parameters<typeof quietUntil>[0], at: string, zone = MOSCOW): string | null {
  const end = quietUntil(quiet, zone, Date.parse(at));
  return end === null ? null : new Date(end).toISOString();
}

t.test("quiet hours end on the same day, or after midnight", async (t) => {
  t.equal(until(null, "2026-11-24T20:00:00Z"), null);
  t.equal(until({ from: 60, to: 60 }, "2026-11-24T22:00:00Z"), null, "none at all");
  t.equal(until(NIGHT, "2026-11-24T19:59:59Z"), null, "22:59:59");
  t.equal(until(NIGHT, "2026-11-24T20:00:00Z"), "2026-11-25T05:00:00.000Z", "23:00");
  t.equal(until(NIGHT, "2026-11-25T01:00:00Z"), "2026-11-25T05:00:00.000Z", "04:00");
  t.equal(until(NIGHT, "2026-11-25T05:00:00Z"), null, "08:00");
  t.equal(until(NOON, "2026-11-25T10:00:00Z"), "2026-11-25T10:30:00.000Z", "13:00");
  t.equal(until(NOON, "2026-11-25T10:30:00Z"), null, "13:30");
});

t.test("they are those of the receiver's clock, also when it is set", async (t) => {
  const [begins, ends] = [
    { from: 2 * 60 + 30, to: 8 * 60 },
    { from: 23 * 60, to: 2 * 60 + 30 },
  ] as const;
  const table: [quiet: typeof NIGHT, at: string, end: string | null, why: string][] = [
    // In the night to 29 March the clock goes from 02:00 to 03:00, at 01:00 UTC.
    [NIGHT, "2026-03-29T00:30", "2026-03-29T06:00", "an hour less"],
    [ends, "2026-03-28T21:59", null, "22:59"],
    [ends, "2026-03-28T22:00", "2026-03-29T01:00", "02:30 is not there: at 03:00 it is over"],
    [ends, "2026-03-29T00:59", "2026-03-29T01:00", "01:59"],
    [ends, "2026-03-29T01:00", null, "03:00"],
    [ends, "2026-03-29T01:29", null, "03:29"],
    [begins, "2026-03-29T00:59", null, "01:59"],
    [begins, "2026-03-29T01:00", "2026-03-29T06:00", "03:00"],
    // In the night to 25 October it goes from 03:00 to 02:00, at 01:00 UTC.
    [NIGHT, "2026-10-24T21:00", "2026-10-25T07:00", "an hour more"],
    [ends, "2026-10-25T00:29", "2026-10-25T00:30", "02:29 for the first time"],
    [ends, "2026-10-25T00:30", null, "02:30 for the first time"],
    [ends, "2026-10-25T01:10", null, "02:10 once more"],
    [begins, "2026-10-25T00:29", null, "02:29 for the first time"],
    [begins, "2026-10-25T00:30", "2026-10-25T07:00", "02:30 for the first time"],
    [begins, "2026-10-25T01:10", "2026-10-25T07:00", "02:10 once more"],
  ];
  for (const [quiet, at, end, why] of table)
    t.equal(until(quiet, `${at}:00Z`, "Europe/Berlin")?.slice(0, 16) ?? null, end, `${at} UTC: ${why}`);
  t.equal(until(NIGHT, "2026-11-24T17:00:00Z", "Asia/Yekaterinburg"), null, "22:00");
  t.equal(until(NIGHT, "2026-11-24T18:00:00Z", "Asia/Yekaterinburg"), "2026-11-25T03:00:00.000Z");
});
