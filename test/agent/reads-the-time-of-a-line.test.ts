import { execFileSync } from "node:child_process";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createLogTimeParser } from "../../src/agent/sync-log/log-time.ts";
import { readWrittenTime } from "../../src/protocol/log-head.ts";
import { compilePattern } from "../../src/protocol/pattern.ts";

const now = Date.UTC(2026, 10, 24, 12);
const file = { name: "pos.log", createdAt: now - 3_600_000, modifiedAt: now };

t.test("times are local to the POS server, in any usual format", (t) => {
  const parse = createLogTimeParser(null, 180)(file);
  const at = Date.UTC(2019, 3, 5, 11, 58, 52);
  const times: Record<string, number> = {
    "[2019-04-05 14:58:52,546] DEBUG [48] — text": at + 546,
    "2019-04-05T14:58:52.5 text": at + 500,
    "[2019-04-05 14:58:52] text": at,
    "2019-04-05 14:58:52.5461|INFO|Some.Logger|text": at + 546,
    "2019/04/05 14:58:52 text": at,
    "05.04.2019 14:58:52.546 text": at + 546,
    "05/04/2019 14:58:52 ERROR text": at,
    "5.4.19 14:58:52 text": at,
    "25/04/2019 14:58:52 text": at + 20 * 86_400_000,
    "04/25/2019 14:58:52 text": at + 20 * 86_400_000,
    "4/5/2019 2:58:52 PM text": at,
    "ERROR 05.04.2019 14:58:52 text": at,
    "2019-04-05T11:58:52Z text": at,
    "20190405 14:58:52.546 text": at + 546,
    "2019-04-05_14:58:52 text": at,
    "05 Apr 2019 14:58:52 text": at,
    "[05-апр-2019 14:58:52] text": at,
    "2019-04-05 06:58:52.546 -05:00 [ERR] text": at + 546,
    "[1554465532] text": at,
    "1554465532.546 text": at + 546,
    "1554465532546 text": at + 546,
  };
  for (const [text, time] of Object.entries(times)) t.equal(parse(text, now), time, text);
  t.end();
});

t.test("a time without a date is of the day of its file, if that can be told", (t) => {
  const parse = createLogTimeParser(null, 180);
  const of = (part: Partial<typeof file>, text: string) => parse({ ...file, ...part })(text, now);
  t.equal(of({}, "14:58:52 text"), Date.UTC(2026, 10, 24, 11, 58, 52));
  t.equal(of({}, "[15:30:00 INF] text"), Date.UTC(2026, 10, 23, 12, 30), "later than the file was written");
  t.equal(of({ name: "logs/pos-20261122.log" }, "15:30:00 text"), Date.UTC(2026, 10, 22, 12, 30));
  t.equal(of({ createdAt: now - 86_400_001 }, "14:58:52 text"), null, "a file of several days");
  t.end();
});

const SHORT_YEAR =
  "^(?<day>\\d\\d)/(?<month>\\d\\d)/(?<year>\\d\\d) (?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";

t.test("a format of one's own is read before the usual ones", async (t) => {
  const timestamp =
    "^<(?<second>\\d\\d)(?<minute>\\d\\d)(?<hour>\\d\\d) (?<day>\\d\\d)(?<month>\\d\\d)(?<year>\\d{4})>";
  const { logs } = await parseAgentConfig({ dataDirectory: "/data", logs: { timestamp } }, "/");
  const parse = createLogTimeParser(logs.timestampPattern, 0)(file);
  t.equal(parse("<525814 05042019> text", now), Date.UTC(2019, 3, 5, 14, 58, 52));
  t.equal(parse("2019-04-05 14:58:52 text", now), Date.UTC(2019, 3, 5, 14, 58, 52));
  t.equal(readWrittenTime("05/04/19 00:00:00", compilePattern(SHORT_YEAR))?.date?.year, 2019);
});

t.test("what is no time is null", (t) => {
  const parse = createLogTimeParser(null, 0)(file);
  const texts = [
    "",
    "   в Session.Run()",
    "[2019-13-05 14:58:52,546]",
    "[2019-04-05 25:58:52,546]",
    "[2019-04-00 14:00:00]",
  ];
  for (const text of texts) t.equal(parse(text, now), null, text);
  t.end();
});

t.test(
  "without an offset the system's zone counts, and an hour that happens twice is not in the future",
  (t) => {
    const program = `
    import { createLogTimeParser } from ${JSON.stringify(new URL("../../src/agent/sync-log/log-time.ts", import.meta.url))};
    const parse = createLogTimeParser(null, null)({ name: "pos.log", createdAt: 0, modifiedAt: 0 });
    const iso = (text, now) => new Date(parse(text, Date.parse(now))).toISOString();
    console.log(JSON.stringify([
      iso("[2026-07-01 12:00:00,000]", "2026-12-01T00:00:00Z"),
      iso("[2026-12-01 12:00:00,000]", "2026-12-02T00:00:00Z"),
      iso("[2026-10-25 02:30:00,000]", "2026-10-25T00:31:00Z"),
      iso("[2026-10-25 02:30:00,000]", "2026-10-25T01:31:00Z"),
    ]));`;
    const args = ["--input-type=module", "-e", program];
    const output = execFileSync(process.execPath, args, {
      env: { ...process.env, TZ: "Europe/Berlin" },
      encoding: "utf8",
    });
    t.same(JSON.parse(output), [
      "2026-07-01T10:00:00.000Z",
      "2026-12-01T11:00:00.000Z",
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T01:30:00.000Z",
    ]);
    t.end();
  },
);
