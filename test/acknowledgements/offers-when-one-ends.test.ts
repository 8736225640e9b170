import t from "tap";
import { readUntil, untilChoices } from "../../src/monitor/restaurants/until-choices.ts";

const MOSCOW = "Europe/Moscow";

/** The choices as an administrator in the zone has them: kind and local time; the default one is starred. */
function offered(now: string, timeZone = MOSCOW): string {
  const local = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return untilChoices(Date.parse(now), timeZone)
    .map(({ kind, at, isDefault }) => `${kind} ${local.format(at)}${isDefault ? "*" : ""}`)
    .join("; ");
}

t.test("an hour, full hours of the viewer's day, its end and the morning are offered", async (t) => {
  t.equal(
    offered("2026-11-25T13:24:37+03:00"),
    "hour 25, 14:25; clock 25, 15:00*; clock 25, 16:00; clock 25, 17:00; clock 25, 19:00; endOfDay 26, 00:00; morning 26, 09:00",
  );
  t.equal(
    offered("2026-11-25T13:40:00+03:00").match(/[^;]*\*/)?.[0],
    " clock 25, 16:00*",
    "the nearest full hour",
  );
  t.equal(
    offered("2026-11-25T21:10:00+03:00"),
    "hour 25, 22:10; clock 25, 23:00*; endOfDay 26, 00:00; morning 26, 09:00",
  );
  t.equal(offered("2026-11-25T22:10:00+03:00"), "hour 25, 23:10; endOfDay 26, 00:00*; morning 26, 09:00");
  t.equal(offered("2026-11-25T23:10:00+03:00"), "hour 26, 00:10; clock 26, 01:00*; morning 26, 09:00");
  t.equal(
    offered("2026-11-25T07:30:00+03:00"),
    "hour 25, 08:30; clock 25, 10:00*; clock 25, 11:00; clock 25, 12:00; clock 25, 14:00; endOfDay 26, 00:00",
    "the morning that is here is none to wait for",
  );
});

t.test("every moment of a year has one default, and times in order, an hour ahead", async (t) => {
  const zones = [MOSCOW, "Europe/Berlin", "Asia/Kolkata", "America/Santiago", "Australia/Lord_Howe"];
  const wrong: string[] = [];
  for (const zone of zones) {
    for (let now = Date.parse("2026-01-01T00:07:00Z"); now < Date.parse("2027-01-01"); now += 97 * 60_000) {
      const choices = untilChoices(now, zone);
      const times = choices.map(({ at }) => at);
      const isRight =
        choices.filter(({ isDefault }) => isDefault).length === 1 &&
        choices[0]?.kind === "hour" &&
        times.every((at, index) => at >= now + 3_600_000 && at > (times[index - 1] ?? 0)) &&
        choices.every(({ value, at }) => readUntil(value, now) === at);
      if (!isRight) wrong.push(`${zone} ${new Date(now).toISOString()}`);
    }
  }
  t.same(wrong, []);
});

t.test("whatever else is sent is no time", async (t) => {
  const days = ["2026-11-24T15:00", "2026-13-24T15:00Z", "2026-11-24T25:00Z"];
  for (const text of ["", "2", "hours", "NaN", ...days]) {
    t.equal(readUntil(text, 0), null, text);
  }
});
