import t from "tap";
import { readRetryAfter } from "../../src/monitor/outgoing/retry-after.ts";

const NOW = Date.parse("2026-11-25T20:00:00Z");
const LATER = "Wed, 25 Nov 2026 20:02:00 GMT";

const READ: [retryAfter: string | string[] | undefined, date: string | undefined, ms: number | null][] = [
  ["90", undefined, 90_000],
  ["0", undefined, 0],
  ["86400", undefined, 3_600_000],
  ["999999999", undefined, 3_600_000],
  [LATER, undefined, 120_000],
  [LATER, "Wed, 25 Nov 2026 20:01:50 GMT", 10_000],
  [LATER, "yesterday", 120_000],
  [LATER, "Wed, 25 Nov 2026 20:03:00 GMT", 0],
  ["Thu, 26 Nov 2026 20:00:00 GMT", undefined, 3_600_000],
  ["soon", undefined, null],
  ["9".repeat(20), undefined, null],
  ["", undefined, null],
  [["5", "6"], undefined, null],
  [undefined, undefined, null],
];

for (const [retryAfter, date, ms] of READ) {
  t.test(`«${retryAfter}» at ${date ?? "no date"} is ${ms} ms`, async (t) => {
    t.equal(readRetryAfter({ "retry-after": retryAfter, date }, NOW), ms);
  });
}
