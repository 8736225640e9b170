import t from "tap";
import { quietUntil } from "../../../src/monitor/notifications/rules/rule.ts";

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
