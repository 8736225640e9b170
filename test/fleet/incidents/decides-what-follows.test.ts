import t from "tap";
import type { CauseExample } from "../../../src/monitor/fleet/cause-example.ts";
import { comesBack, isOver } from "../../../src/monitor/fleet/incidents/incident.ts";
import {
  type IncidentStep,
  type KnownIncidents,
  type Membership,
  nextStep,
} from "../../../src/monitor/fleet/incidents/next-step.ts";
import { type Trouble, type TroubleFacts, troubleOf } from "../../../src/monitor/fleet/incidents/trouble.ts";
import { START } from "../../helpers/clock.ts";

const MINUTE_MS = 60_000;
const EXAMPLE: CauseExample = {
  ...{ state: "sync_error", failureCode: null, serviceState: "running" },
  ...{ lastSyncAt: START - 3 * MINUTE_MS, text: "timeout" },
};
const FAILING: Trouble = {
  ...{ kind: "failing", causeKey: "timeout", example: EXAMPLE },
  ...{ since: START - MINUTE_MS, causeSince: START - MINUTE_MS },
};
const UNKNOWN: Trouble = { kind: "unknown" };
const RECOVERED: Trouble = { kind: "over", by: "recovered" };
const PARKED: Trouble = { kind: "over", by: "parked" };
const OWN: Membership = { incidentId: 1, kind: "single", status: "failing", causeKey: "timeout" };
const COMMON: Membership = { incidentId: 2, kind: "common", status: "failing", causeKey: "timeout" };
const NOTHING_KNOWN: KnownIncidents = { current: null, past: null, commonId: null };
const past = (minutesAgo: number | null, endedBy: "recovered" | "parked" | null = "recovered") => ({
  ...{ incidentId: 3, endedBy: minutesAgo === null ? null : endedBy },
  closedAt: minutesAgo === null ? null : START - minutesAgo * MINUTE_MS,
});

const STEPS: [what: string, trouble: Trouble, known: Partial<KnownIncidents>, step: IncidentStep][] = [
  ["works, and did", RECOVERED, {}, { do: "nothing" }],
  ["begins to fail", FAILING, {}, { do: "open" }],
  ["goes on failing", FAILING, { current: OWN }, { do: "nothing" }],
  [
    "has another cause",
    FAILING,
    { current: { ...OWN, causeKey: null } },
    { do: "change_cause", incidentId: 1 },
  ],
  ["recovers", RECOVERED, { current: OWN }, { do: "leave", incidentId: 1, by: "recovered" }],
  ["is parked", PARKED, { current: OWN }, { do: "leave", incidentId: 1, by: "parked" }],
  ["its restaurant closes", UNKNOWN, { current: OWN }, { do: "pause", incidentId: 1 }],
  ["its restaurant stays closed", UNKNOWN, { current: { ...OWN, status: "paused" } }, { do: "nothing" }],
  ["is off since its restaurant closed", UNKNOWN, {}, { do: "nothing" }],
  [
    "opens and still fails",
    FAILING,
    { current: { ...OWN, status: "paused" } },
    { do: "resume", incidentId: 1 },
  ],
  [
    "opens and works",
    RECOVERED,
    { current: { ...OWN, status: "paused" } },
    { do: "leave", incidentId: 1, by: "recovered" },
  ],
  ["fails with many others", FAILING, { commonId: 2 }, { do: "join", incidentId: 2, leaves: null }],
  [
    "failed before the many",
    FAILING,
    { current: OWN, commonId: 2 },
    { do: "join", incidentId: 2, leaves: 1 },
  ],
  ["is among the many", FAILING, { current: COMMON, commonId: 2 }, { do: "nothing" }],
  [
    "is among many, and now has a cause of its own",
    FAILING,
    { current: { ...COMMON, causeKey: "another" } },
    { do: "nothing" },
  ],
  ["is among many, and now among others", FAILING, { current: COMMON, commonId: 9 }, { do: "nothing" }],
  ["recovers with the many", RECOVERED, { current: COMMON }, { do: "leave", incidentId: 2, by: "recovered" }],
  ["fails again soon", FAILING, { past: past(30) }, { do: "reopen", incidentId: 3 }],
  ["fails again while it flaps", FAILING, { past: past(null) }, { do: "reopen", incidentId: 3 }],
  ["fails again much later", FAILING, { past: past(31) }, { do: "open" }],
  ["fails after it was parked", FAILING, { past: past(1, "parked") }, { do: "open" }],
  [
    "fails again, as many others do",
    FAILING,
    { past: past(1), commonId: 2 },
    { do: "join", incidentId: 2, leaves: null },
  ],
  ["the clock was turned back by an hour", FAILING, { past: past(-60) }, { do: "open" }],
];

for (const [what, trouble, known, step] of STEPS) {
  t.test(`a POS server ${what}`, async (t) => {
    t.same(nextStep(trouble, { ...NOTHING_KNOWN, ...known }, START), step);
  });
}

const FACTS: TroubleFacts = {
  ...EXAMPLE,
  ...{ standing: "active", causeKey: "timeout" },
  ...{ causeSince: START - MINUTE_MS, problemSince: START - 5 * MINUTE_MS },
};
const TROUBLES: [Partial<TroubleFacts>, Partial<Trouble>][] = [
  [{}, { kind: "failing", causeKey: "timeout", since: START - 5 * MINUTE_MS, causeSince: START - MINUTE_MS }],
  [
    { state: "unreachable", problemSince: START + MINUTE_MS },
    { kind: "failing", since: START },
  ],
  [
    { state: "sync_stale", problemSince: null },
    { kind: "failing", since: START },
  ],
  [{ state: "synced" }, { kind: "over", by: "recovered" }],
  [{ state: "update_required" }, { kind: "over", by: "recovered" }],
  [{ state: "unsupported" }, { kind: "over", by: "unsupported" }],
  [{ state: "closed" }, { kind: "unknown" }],
  [{ state: "pending" }, { kind: "unknown" }],
  [{ standing: "parked" }, { kind: "over", by: "parked" }],
  [
    { standing: "archived", state: "synced" },
    { kind: "over", by: "archived" },
  ],
];

for (const [facts, trouble] of TROUBLES) {
  t.test(`what is known as ${JSON.stringify(facts)} is ${trouble.kind}`, async (t) => {
    t.match(troubleOf({ ...FACTS, ...facts }, START), trouble);
  });
}

t.test("what came back twice is over only when it has been quiet for half an hour", async (t) => {
  const quietFor = (reopenings: number, minutes: number) =>
    isOver({ reopenings, quietAt: START - minutes * MINUTE_MS }, START);
  t.ok(quietFor(0, 0));
  t.ok(quietFor(1, 0));
  t.notOk(quietFor(2, 29));
  t.ok(quietFor(2, 30));
  t.ok(quietFor(2, -45), "the clock was turned back");
});

t.test("only a recovery is taken back, and only for half an hour", async (t) => {
  const closedAgo = (minutes: number, endedBy: "recovered" | "removed" | "joined") =>
    comesBack({ closedAt: START - minutes * MINUTE_MS, endedBy }, START);
  t.ok(closedAgo(30, "recovered"));
  t.notOk(closedAgo(31, "recovered"));
  t.notOk(closedAgo(0, "joined"));
  t.notOk(closedAgo(0, "removed"));
});
