import t from "tap";
import {
  belongsTo,
  type CommonIncident,
  type CommonStep,
  type Crowd,
  commonStep,
  incidentOfCrowd,
  isSpreading,
} from "../../../src/monitor/fleet/incidents/common-step.ts";
import { MINUTE_MS, START } from "../../helpers/clock.ts";

const minutesAgo = (minutes: number) => START - minutes * MINUTE_MS;
const CROWD: Crowd = { causeKey: "timeout", since: minutesAgo(2), posServers: 10, free: 10, incident: null };
const OPEN: CommonIncident = {
  ...{ id: 1, causeKey: "timeout", openedAt: minutesAgo(2), joinedAt: minutesAgo(1) },
  ...{ failing: 8, closedAt: null, endedBy: null },
};
const closed = (minutes: number): CommonIncident => ({
  ...OPEN,
  ...{ closedAt: minutesAgo(minutes), endedBy: "recovered", failing: 0, joinedAt: minutesAgo(90) },
});
const LEFT_OVER: CommonIncident = {
  ...OPEN,
  id: 7,
  openedAt: minutesAgo(600),
  joinedAt: minutesAgo(590),
  failing: 2,
};

const SAME: [what: string, incidents: CommonIncident[], id: number | null][] = [
  ["to the open one", [OPEN], 1],
  ["to the newer of two", [OPEN, LEFT_OVER], 1],
  ["to one that shrank below a crowd", [{ ...OPEN, failing: 1 }], 1],
  ["to none, where none is", [], null],
  ["to none with another cause", [{ ...OPEN, causeKey: "dns" }], null],
  ["not to what is left of an old one", [LEFT_OVER], null],
  ["not to one that is over", [closed(1)], null],
];

for (const [what, incidents, id] of SAME) {
  t.test(`a crowd belongs ${what}`, async (t) => {
    t.equal(incidentOfCrowd(CROWD, incidents)?.id ?? null, id);
  });
}

const STEPS: [what: string, crowd: Partial<Crowd>, incidents: CommonIncident[], step: CommonStep][] = [
  ["opens one", {}, [], { do: "open" }],
  ["opens its own beside one with another cause", {}, [{ ...closed(1), causeKey: "dns" }], { do: "open" }],
  ["opens its own beside what is left of an old one", {}, [LEFT_OVER], { do: "open" }],
  ["opens one again that was over half an hour ago", {}, [closed(30)], { do: "reopen", incidentId: 1 }],
  ["opens its own after one that was over before", {}, [closed(31)], { do: "open" }],
  ["opens its own after one that was parked away", {}, [{ ...closed(1), endedBy: "parked" }], { do: "open" }],
  [
    "that mostly is another incident gives it its cause",
    { incident: { id: 4, posServers: 6 } },
    [],
    { do: "change_cause", incidentId: 4 },
  ],
  [
    "of which half is another incident opens its own",
    { free: 5, incident: { id: 4, posServers: 5 } },
    [],
    { do: "open" },
  ],
  [
    "of which most are in several others is left to them",
    { free: 4, incident: { id: 4, posServers: 3 } },
    [closed(1)],
    { do: "nothing" },
  ],
];

for (const [what, crowd, incidents, step] of STEPS) {
  t.test(`a crowd that belongs to none ${what}`, async (t) => {
    t.same(commonStep({ ...CROWD, ...crowd }, incidents, 5, START), step);
  });
}

t.test("who comes into an incident that spreads is not counted anew", async (t) => {
  t.ok(isSpreading(OPEN, 8, START));
  t.notOk(isSpreading(OPEN, 9, START), "it is no crowd any more");
  t.ok(isSpreading({ ...OPEN, joinedAt: minutesAgo(10) }, 8, START));
  t.notOk(isSpreading({ ...OPEN, joinedAt: minutesAgo(11) }, 8, START));
  t.notOk(isSpreading({ ...OPEN, closedAt: minutesAgo(0) }, 8, START));
});

const LATER: [
  what: string,
  causeSince: number | null,
  incident: Partial<CommonIncident>,
  crowdSince: number | null,
  belongs: boolean,
][] = [
  ["of its crowd", minutesAgo(1), {}, minutesAgo(2), true],
  ["before its crowd, long ago", minutesAgo(60), {}, minutesAgo(2), false],
  ["half an hour after the last", minutesAgo(0), { joinedAt: minutesAgo(30) }, null, true],
  ["more than half an hour after the last", minutesAgo(0), { joinedAt: minutesAgo(31) }, null, false],
  ["soon after the last, when few are left", minutesAgo(0), { failing: 4 }, null, false],
  ["of which nobody knows since when", null, {}, minutesAgo(2), false],
];

for (const [what, causeSince, incident, crowdSince, belongs] of LATER) {
  t.test(
    `one that came into the cause ${what} ${belongs ? "belongs" : "does not belong"} to it`,
    async (t) => {
      t.equal(belongsTo({ ...OPEN, ...incident }, { causeSince, crowdSince, enough: 5 }), belongs);
    },
  );
}
