import t from "tap";
import {
  isFailing,
  MOST_PAUSE_MS,
  pauseAfter,
} from "../../../src/monitor/notifications/outbox/channel-standing.ts";
import {
  type Sending,
  saidBy,
  type Turn,
  whatToSend,
} from "../../../src/monitor/notifications/outbox/compose.ts";

const NEW = { kind: "opened", status: "failing", endedBy: null, said: null, isSame: false } as const;
const TURN: Turn = { channel: "telegram", ...NEW };
const OVER = { status: "over", endedBy: "recovered" } as const;
const JOINED = { status: "over", endedBy: "joined" } as const;
const BY_RULES = { status: "over", endedBy: "rules" } as const;

/** An end of what was told to fail. */
const END = { kind: "closed", said: "failing" } as const;

const TURNS: [what: string, turn: Partial<Turn>, sending: Sending][] = [
  ["something new", {}, "new"],
  ["something new that its restaurant has closed on", { status: "paused" }, "new"],
  ["something new that is over by now", OVER, "new"],
  ["a return that is over by now", { ...OVER, kind: "reopened", said: "over" }, "superseded"],
  ["a reminder of what is over by now", { ...OVER, kind: "repeated", said: "failing" }, "superseded"],
  ["a return of what nobody heard the end of", { kind: "reopened", said: "failing" }, "change"],
  ["a return, to a program", { ...OVER, kind: "reopened", said: "over", channel: "webhook" }, "new"],
  ["a change", { kind: "changed", said: "failing" }, "change"],
  ["a change of nothing", { kind: "changed", said: "failing", isSame: true }, "unchanged"],
  ["a change of what nobody was told", { kind: "changed" }, "superseded"],
  [
    "a change of what is over, to a program",
    { ...OVER, kind: "changed", said: "over", channel: "webhook" },
    "superseded",
  ],
  ["a change of what is over", { ...OVER, kind: "changed", said: "over" }, "change"],
  ["an end", { ...OVER, ...END }, "change"],
  ["an end, by mail", { ...OVER, ...END, channel: "email" }, "new"],
  ["an end, to a program", { ...OVER, ...END, channel: "webhook" }, "new"],
  ["an end that was told with its beginning", { ...OVER, kind: "closed", said: "over" }, "superseded"],
  ["an end of what nobody was told", { ...OVER, kind: "closed" }, "superseded"],
  ["an end of what fails again by now", END, "superseded"],
  ["a part of that of many, by mail", { ...JOINED, ...END, channel: "email" }, "superseded"],
  ["what the rules are about no more, by mail", { ...BY_RULES, ...END, channel: "email" }, "superseded"],
  ["what the rules are about no more", { ...BY_RULES, ...END }, "change"],
  ["a part of that of many", { ...JOINED, ...END }, "change"],
];

t.test("what waited is sent as a new message or a change, or not any more", async (t) => {
  for (const [what, turn, sending] of TURNS) t.equal(whatToSend({ ...TURN, ...turn }), sending, what);
});

t.test("people know how it stands, programs what has happened", async (t) => {
  t.equal(saidBy({ channel: "email", kind: "opened", status: "over" }), "over");
  t.equal(saidBy({ channel: "webhook", kind: "opened", status: "over" }), "failing");
  t.equal(saidBy({ channel: "webhook", kind: "closed", status: "over" }), "over");
  t.equal(saidBy({ channel: "telegram", kind: "changed", status: "quiet" }), "failing");
});

t.test("a channel is left alone for longer and longer, and is called failing after a time", async (t) => {
  const pauses = [1, 2, 3, 6, 7, 100].map((tries) => pauseAfter(tries, null) / 1_000);
  t.same(pauses, [10, 30, 60, 600, 900, 900]);
  t.equal(pauseAfter(1, 45_000), 45_000);
  t.equal(pauseAfter(3, 5_000), 60_000, "never sooner than we would");
  t.equal(pauseAfter(1, 86_400_000), MOST_PAUSE_MS);

  t.equal(isFailing("credentials", 10_000), true, "that does not pass by itself");
  for (const failure of ["temporary", "recipient"] as const) {
    t.equal(isFailing(failure, 59_999), false);
    t.equal(isFailing(failure, 60_000), true);
  }
  t.equal(isFailing("wait", 599_999), false, "who asks for patience works");
  t.equal(isFailing("wait", 600_000), true);
});
