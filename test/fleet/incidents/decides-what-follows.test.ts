import t from "tap";
import type { CauseExample } from "../../../src/monitor/fleet/cause-example.ts";
import {
  comesBack,
  type Failing,
  isOver,
  type Trouble,
  type TroubleFacts,
  troubleOf,
} from "../../../src/monitor/fleet/incidents/incident.ts";
import {
  type IncidentStep,
  type KnownIncidents,
  type Membership,
  nextSteps,
} from "../../../src/monitor/fleet/incidents/next-steps.ts";
import { MINUTE_MS } from "../../../src/protocol/time-units.ts";
import { START } from "../../helpers/clock.ts";

const EXAMPLE: CauseExample = {
  state: "sync_error",
  failureCode: null,
  serviceState: "running",
  lastSyncAt: START - 3 * MINUTE_MS,
  isUntraced: false,
  text: "timeout",
};
const FAILING: Failing = {
  kind: "failing",
  causeKey: "timeout",
  example: EXAMPLE,
  since: START - MINUTE_MS,
  causeSince: START - MINUTE_MS,
};
const SILENT: Failing = {
  ...FAILING,
  causeKey: "no_answer",
  example: { ...EXAMPLE, state: "unreachable", failureCode: "connect_timeout" },
};
const REFUSES: Failing = {
  ...SILENT,
  causeKey: "unauthorized: #",
  example: { ...SILENT.example, failureCode: "unauthorized" },
};
const ELSE: Failing = { ...FAILING, causeKey: "else" };
const UNKNOWN: Trouble = { kind: "unknown" };
const RECOVERED: Trouble = { kind: "over", by: "recovered" };
const OWN: Membership = {
  incidentId: 1,
  kind: "single",
  status: "failing",
  state: "sync_error",
  causeKey: "timeout",
  causeAt: START,
  failingSince: FAILING.since,
  before: [],
};
const COMMON: Membership = { ...OWN, incidentId: 2, kind: "common", causeKey: "main server" };
const SILENCE: Membership = { ...COMMON, incidentId: 5, state: "unreachable", causeKey: "no_answer" };
const REFUSED: Membership = { ...OWN, state: "unreachable", causeKey: REFUSES.causeKey };
const OWN_SILENCE: Membership = { ...SILENCE, incidentId: 1, kind: "single" };
/** What its own incident was about an hour before, and in common with many since. */
const DAMAGED = { causeKey: "damaged", causeAt: START - 60 * MINUTE_MS, example: EXAMPLE };
const WAS_STALE = {
  ...DAMAGED,
  causeKey: "sync_stale",
  causeAt: START,
  example: { ...EXAMPLE, state: "sync_stale" as const },
};
const STALE: Membership = { ...OWN, state: "sync_stale", causeKey: "sync_stale" };
const paused = (one: Membership): Membership => ({ ...one, status: "paused" });
const past = (
  minutesAgo: number | null,
  endedBy: "recovered" | "answered" | "parked" | null = "recovered",
) => ({
  incidentId: 3,
  endedBy: minutesAgo === null ? null : endedBy,
  closedAt: minutesAgo === null ? null : START - minutesAgo * MINUTE_MS,
});

/** As `leave 1 recovered`, `join 2 part 1`. */
function inWords(step: IncidentStep): string {
  const id = "incidentId" in step ? ` ${step.incidentId}` : "";
  if (step.do === "leave") return `leave${id} ${step.by}`;
  if (step.do === "join" && step.part !== null) return `join${id} part ${step.part}`;
  return `${step.do}${id}`;
}

/** `known`: the incidents that it is in, or these and what else is known. */
type Case = [what: string, trouble: Trouble, known: Partial<KnownIncidents> | Membership[], steps: string];
const STEPS: Case[] = [
  ["works, and did", RECOVERED, {}, ""],
  [
    "is silent as before its restaurant closed",
    { ...SILENT, example: { ...SILENT.example, lastSyncAt: START - 9 * MINUTE_MS } },
    [{ ...OWN_SILENCE, failingSince: START - 8 * MINUTE_MS }],
    "",
  ],
  ["its restaurant stays closed", UNKNOWN, [paused(OWN)], ""],
  ["is off since its restaurant closed", UNKNOWN, {}, ""],
  ["opens among many that are silent", SILENT, [paused(OWN), paused(SILENCE)], "resume 1, resume 5"],
  ["opens and works", RECOVERED, [paused(OWN)], "leave 1 recovered"],
  ["fails with many others", FAILING, { commonId: 2 }, "join 2"],
  ["has what many others come into", FAILING, { current: [OWN], commonId: 2 }, "join 2 part 1"],
  ["is without exchange, before many know why", FAILING, { current: [STALE], commonId: 2 }, "join 2 part 1"],
  [
    "was the first of many, and had trouble of its own before",
    FAILING,
    { current: [{ ...OWN, before: [WAS_STALE, DAMAGED] }], commonId: 2 },
    "restore_cause 1, join 2",
  ],
  [
    "was the first of many, after its exchange had ended with theirs",
    FAILING,
    { current: [{ ...OWN, before: [WAS_STALE] }], commonId: 2 },
    "join 2 part 1",
  ],
  ["is among many, and now among others", FAILING, { current: [COMMON], commonId: 9 }, ""],
  ["is among many, and has what neither had", ELSE, [OWN, COMMON], ""],
  ["falls silent", SILENT, {}, "open"],
  ["falls silent in its trouble", SILENT, [OWN], ""],
  ["goes on in its trouble", FAILING, [OWN], ""],
  ["answers with other trouble", ELSE, [OWN], "change_cause 1"],
  ["answers with trouble, and was only silent before", FAILING, [OWN_SILENCE], "change_cause 1"],
  ["was silent before the many", SILENT, { current: [OWN_SILENCE], commonId: 5 }, "join 5 part 1"],
  ["is among many, and has what it had", FAILING, [OWN, COMMON], "leave 2 own_cause"],
  ["falls silent among many, with many", SILENT, { current: [OWN, COMMON], commonId: 5 }, "join 5"],
  ["falls silent alone among many", SILENT, [COMMON], ""],
  ["answers with new trouble after a silence of many", FAILING, [SILENCE], "leave 5 answered, open"],
  ["answers with what many have", FAILING, { current: [SILENCE], commonId: 2 }, "leave 5 answered, join 2"],
  ["refuses to be asked in its trouble", REFUSES, [OWN], "change_cause 1"],
  ["is silent after it refused to be asked", SILENT, [REFUSED], ""],
  ["answers with its trouble after it refused to be asked", FAILING, [REFUSED], "change_cause 1"],
  [
    "refused to be asked, fell silent, and many follow",
    SILENT,
    { current: [REFUSED], commonId: 5 },
    "join 5",
  ],
  ["refuses to be asked after a silence of many", REFUSES, [SILENCE], "leave 5 answered, open"],
  ["refuses to be asked, as many do", REFUSES, [{ ...COMMON, causeKey: REFUSES.causeKey }], ""],
  ["fails again much later", FAILING, { past: past(31) }, "open"],
  ["fails again, as many others do", FAILING, { past: past(1), commonId: 2 }, "join 2"],
  ["the clock was turned back by an hour", FAILING, { past: past(-60) }, "open"],
];

t.test("what a POS server goes through decides what follows", async (t) => {
  for (const [what, trouble, known, steps] of STEPS) {
    const given = Array.isArray(known) ? { current: known } : known;
    const decided = nextSteps(trouble, { current: [], past: null, commonId: null, ...given }, START);
    t.equal(decided.map(inWords).join(", "), steps, what);
  }
});

const FACTS: TroubleFacts = {
  standing: "active",
  causeKey: "timeout",
  example: EXAMPLE,
  causeSince: START - MINUTE_MS,
  problemSince: START - 5 * MINUTE_MS,
};
const TROUBLES: [CauseExample["state"], Partial<TroubleFacts>, Partial<Trouble>][] = [
  [
    "sync_error",
    {},
    { kind: "failing", causeKey: "timeout", since: START - 5 * MINUTE_MS, causeSince: START - MINUTE_MS },
  ],
  ["unreachable", { problemSince: START + MINUTE_MS }, { kind: "failing", since: START }],
  ["sync_stale", { problemSince: null }, { kind: "failing", since: START }],
  ["synced", {}, { kind: "over", by: "recovered" }],
  ["update_required", {}, { kind: "over", by: "recovered" }],
  ["unsupported", {}, { kind: "over", by: "unsupported" }],
  ["closed", {}, { kind: "unknown" }],
  ["pending", {}, { kind: "unknown" }],
  ["sync_error", { standing: "parked" }, { kind: "over", by: "parked" }],
  ["synced", { standing: "archived" }, { kind: "over", by: "archived" }],
];

t.test("a state is trouble, or the end of it, or neither", async (t) => {
  for (const [state, facts, trouble] of TROUBLES)
    t.match(troubleOf({ ...FACTS, ...facts, example: { ...EXAMPLE, state } }, START), trouble, state);
});

t.test("what came back twice is over only when it has been quiet for half an hour", async (t) => {
  const quietFor = (reopenings: number, minutes: number) =>
    isOver({ reopenings, quietAt: START - minutes * MINUTE_MS }, START);
  t.ok(quietFor(0, 0));
  t.ok(quietFor(1, 0));
  t.notOk(quietFor(2, 29));
  t.ok(quietFor(2, 30));
  t.ok(quietFor(2, -45), "the clock was turned back");
});

t.test("only what passed by itself is taken back, and only for half an hour", async (t) => {
  const closedAgo = (minutes: number, endedBy: "recovered" | "answered" | "removed" | "joined") =>
    comesBack({ closedAt: START - minutes * MINUTE_MS, endedBy }, START);
  t.ok(closedAgo(30, "recovered"));
  t.notOk(closedAgo(31, "recovered"));
  t.ok(closedAgo(30, "answered"), "what answered may be silent again");
  t.notOk(closedAgo(0, "joined"));
  t.notOk(closedAgo(0, "removed"));
});
