import t from "tap";
import {
  carryOver,
  composePatterns,
  findOverfull,
  NO_PATTERNS,
  withinLimits,
} from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import { MAX_PATTERNS, type TaughtPatterns } from "../../src/protocol/log-patterns.ts";

type Some = Partial<TaughtPatterns>;
const patterns = (some: Some): TaughtPatterns => ({ ...NO_PATTERNS, ...some });

const COMPOSED: [name: string, own: Some, ofAll: Some, expected: Some][] = [
  [
    "its own come first, and add to those of all",
    { succeeded: ["own done"], attempted: ["began"] },
    { succeeded: ["done"], failed: ["broke"] },
    { succeeded: ["own done", "done"], attempted: ["began"], failed: ["broke"] },
  ],
  [
    "of the same pattern its own say counts",
    { failed: ["SyncJob done"] },
    { succeeded: ["SyncJob done", "done"] },
    { failed: ["SyncJob done"], succeeded: ["done"] },
  ],
  [
    "what it leaves out does not come back",
    { excluded: ["SyncJob done"] },
    { succeeded: ["SyncJob done"] },
    { excluded: ["SyncJob done"] },
  ],
  ["the same twice is one", { succeeded: ["done"] }, { succeeded: ["done"] }, { succeeded: ["done"] }],
];

t.test("patterns of its own and of all are composed", async (t) => {
  for (const [name, own, ofAll, expected] of COMPOSED)
    t.strictSame(composePatterns(patterns(own), patterns(ofAll)), patterns(expected), name);
});

t.test("of more than an agent takes those of all are left out", async (t) => {
  const many = (word: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${word} ${index}`);
  const succeeded = [...many("own", 40), ...many("all", 40)];
  const composed = patterns({ succeeded, failed: many("broke", 50) });
  t.strictSame(findOverfull(composed), ["succeeded"]);
  t.strictSame(withinLimits(composed).succeeded, composed.succeeded.slice(0, MAX_PATTERNS));
});

const CARRIED: [name: string, edited: Some, before: Some, other: Some, expected: Some][] = [
  [
    "what was added",
    { succeeded: ["a", "new"] },
    { succeeded: ["a"] },
    { failed: ["b"] },
    { succeeded: ["new"], failed: ["b"] },
  ],
  ["not what was removed", {}, { succeeded: ["a"] }, { succeeded: ["a"] }, { succeeded: ["a"] }],
  [
    "a pattern that now means something else",
    { failed: ["a"] },
    { succeeded: ["a"] },
    { succeeded: ["a", "b"] },
    { succeeded: ["b"], failed: ["a"] },
  ],
];

t.test("what was changed is carried over", async (t) => {
  for (const [name, edited, before, other, expected] of CARRIED)
    t.strictSame(carryOver(patterns(edited), patterns(before), patterns(other)), patterns(expected), name);
});
