import t from "tap";
import { quietUntil } from "../../../src/monitor/notifications/rules/quiet-hours.ts";

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
  t.equal(until(NIGHT, "2026-03-29T00:30:00Z", "Europe/Berlin"), "2026-03-29T06:00:00.000Z");
  t.equal(
    until({ from: 0, to: 150 }, "2026-03-29T00:30:00Z", "Europe/Berlin"),
    "2026-03-29T01:30:00.000Z",
    "02:30 is not there, 03:30 is",
  );
  t.equal(until(NIGHT, "2026-11-24T17:00:00Z", "Asia/Yekaterinburg"), null, "22:00");
  t.equal(until(NIGHT, "2026-11-24T18:00:00Z", "Asia/Yekaterinburg"), "2026-11-25T03:00:00.000Z");
});
