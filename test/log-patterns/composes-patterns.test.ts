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

t.test("patterns of its own come first, what it says of a pattern counts, the same is one", async (t) => {
  const composed = composePatterns(
    patterns({
      succeeded: ["own done", "done"],
      attempted: ["began"],
      failed: ["x done"],
      excluded: ["y done"],
    }),
    patterns({ succeeded: ["x done", "y done", "done", "ended"], failed: ["broke"] }),
  );
  const succeeded = ["own done", "done", "ended"];
  const rest = { attempted: ["began"], failed: ["x done", "broke"], excluded: ["y done"] };
  t.strictSame(composed, patterns({ succeeded, ...rest }));
});

t.test("of more than an agent takes those of all are left out", async (t) => {
  const many = (word: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${word} ${index}`);
  const succeeded = [...many("own", 40), ...many("all", 40)];
  const composed = patterns({ succeeded, failed: many("broke", 50) });
  t.strictSame(findOverfull(composed), ["succeeded"]);
  t.strictSame(withinLimits(composed).succeeded, composed.succeeded.slice(0, MAX_PATTERNS));
});

t.test("what was changed is carried over: what was added, and what means something else", async (t) => {
  const carried = carryOver(
    patterns({ succeeded: ["a", "new"], failed: ["other"] }),
    patterns({ succeeded: ["a", "removed", "other"] }),
    patterns({ succeeded: ["removed", "other", "b"], failed: ["c"] }),
  );
  t.strictSame(carried, patterns({ succeeded: ["removed", "b", "new"], failed: ["c", "other"] }));
});
