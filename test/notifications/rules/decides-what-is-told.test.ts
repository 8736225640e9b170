import t from "tap";
import {
  type Moment,
  type NextNotification,
  type Notified,
  nextNotification,
  type SeenIncident,
} from "../../../src/monitor/notifications/rules/next-notification.ts";
import { DEFAULT_TERMS, type RuleTerms } from "../../../src/monitor/notifications/rules/rule.ts";
import { START } from "../../helpers/clock.ts";

const MINUTE_MS = 60_000;
const FAILING: SeenIncident = {
  ...{ kind: "single", state: "sync_error", status: "failing" },
  ...{ openedAt: START - 3 * MINUTE_MS, failingSince: START - 3 * MINUTE_MS },
  ...{ isFlapping: false, isAcknowledged: false },
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
const telling = (
  notify: NextNotification["notify"],
  lookAgainAt: number | null = null,
  escalates = false,
): NextNotification => ({
  ...{ notify, lookAgainAt, escalates },
});

const CASES: [what: string, given: Case, expected: NextNotification][] = [
  ["has failed for too short a time", { incident: FAILING }, telling(null, again(7))],
  ["has failed for long enough", { incident: LASTS }, telling("opened")],
  ["is of many", { incident: { ...FAILING, kind: "common" } }, telling("opened")],
  [
    "is of many, for which the rule waits too",
    { incident: { ...FAILING, kind: "common" }, terms: { isCommonAtOnce: false } },
    telling(null, again(7)),
  ],
  ["is in a state of no interest", { incident: LASTS, terms: { states: ["unreachable"] } }, telling(null)],
  ["waits for its restaurant to open", { incident: { ...LASTS, status: "paused" } }, telling(null)],
  ["has recovered before anybody was told", { incident: OVER }, telling(null)],
  ["fails in quiet hours", { incident: LASTS, moment: QUIET }, telling(null, again(60))],
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
  ["was told and recovers", { incident: OVER, told: NOTICE }, telling("closed")],
  [
    "was told and recovers in quiet hours",
    { incident: OVER, told: NOTICE, moment: QUIET },
    telling("closed"),
  ],
  ["was told and has closed", { incident: { ...LASTS, status: "paused" }, told: NOTICE }, telling("changed")],
  ["was told to be over, and is", { incident: OVER, told: TOLD_OVER }, telling("changed")],
  ["comes back for a moment", { incident: FAILING, told: TOLD_OVER }, telling(null, again(7))],
  ["comes back and lasts", { incident: LASTS, told: TOLD_OVER }, telling("reopened")],
  ["is to be told again", { incident: LASTS, told: NOTICE, terms: REPEATS }, telling("repeated", again(20))],
  [
    "is to be told again later",
    { incident: LASTS, told: { ...NOTICE, alertedAt: START - 5 * MINUTE_MS }, terms: REPEATS },
    telling("changed", again(15)),
  ],
  [
    "is to be told again, but somebody takes care of it",
    { incident: { ...LASTS, isAcknowledged: true }, told: NOTICE, terms: { ...REPEATS, ...ESCALATES } },
    telling("changed"),
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
    t.same(
      nextNotification(rule, incident, told as Notified | null, { now: START, quietUntil: null, ...moment }),
      expected,
    );
  });
}
