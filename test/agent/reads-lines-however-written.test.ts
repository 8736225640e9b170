import { execFileSync } from "node:child_process";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createLogTimeParser } from "../../src/agent/sync-log/log-time.ts";
import { readWrittenTime } from "../../src/protocol/log-head.ts";
import { compilePattern } from "../../src/protocol/pattern.ts";
import { readStructuredLine } from "../../src/protocol/structured-line.ts";
import { makeLogFolder, minutesAgo } from "../helpers/log-folder.ts";

t.test("lines of JSON are read as their text", async (t) => {
  const at = "2026-11-24T10:42:10.003Z";
  const lines: [object, string[] | null][] = [
    [{ "@t": at, "@mt": "Sent {Count:0} of {@All}", Count: 2, All: [1] }, [`${at} INFO - Sent 2 of [1]`]],
    [
      {
        "@t": at,
        "@m": "Обмен",
        "@l": "Error",
        "@x": "System.Exception: x\r\n   at A.B()",
        SourceContext: "A.B",
      },
      [`${at} ERROR [A.B] - Обмен`, "System.Exception: x", "   at A.B()"],
    ],
    [
      { Timestamp: at, Level: "Warning", MessageTemplate: "{A}", Properties: { A: "a", SourceContext: "S" } },
      [`${at} WARNING [S] - a`],
    ],
    [
      { time: 1_732_444_930_003, level: 50, msg: "m", err: { type: "E", message: "why" } },
      [`${"2024-11-24T10:42:10.003Z"} ERROR - m`, "E: why"],
    ],
    [
      { time: "24.11.2026 13:42:10", severity: "info", message: "m", logger: "L" },
      ["24.11.2026 13:42:10 INFO [L] - m"],
    ],
    [
      { "@timestamp": at, log: { level: "warn" }, message: "m", details: { sent: 5 }, result: { code: 0 } },
      [`${at} WARN - m sent=5 result={"code":0}`],
    ],
    [
      { when: at, who: "courier", say: "parcel 7 handed over" },
      [`${at} INFO - parcel 7 handed over who=courier`],
    ],
    [
      { time: at, pid: 12, requestId: "a[7]", name: "sync", msg: "m", __proto__x: 1 },
      [`${at} INFO [sync] [pid=12 requestId=a|7|] - m __proto__x=1`],
    ],
    [{ at, what: "hq.trip", done: true, sev: 50 }, [`${at} ERROR - what=hq.trip done=true`]],
    [
      { time: at, level: "error", task: "exchange", errmsg: "refused by peer" },
      [`${at} ERROR - task=exchange errmsg=refused by peer`],
    ],
    [{ time: at, level: "info" }, null],
    [{ message: "m" }, null],
  ];
  for (const [line, read] of lines) t.same(readStructuredLine(JSON.stringify(line)), read);
  for (const other of ["", "{", "[1]", '{"a":1', "text {}", "{}"])
    t.equal(readStructuredLine(other), null, other);
  const own = `{"time":"${at}","msg":"m","__proto__":{"toString":"x"},"constructor":"y"}`;
  t.same(readStructuredLine(own), [`${at} INFO - m toString=x constructor=y`]);
});

t.test("what is made to hurt is read as it stands, or not at all", async (t) => {
  const deep = `{"time":"2026-11-24T10:42:10Z","msg":"m","x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
  t.doesNotThrow(() => readStructuredLine(deep));
  const hostile = { time: "2026-11-24T10:42:10Z", msg: "{a:".repeat(20_000) };
  t.match(readStructuredLine(JSON.stringify(hostile)), [/\{a:$/u]);
  t.equal(readStructuredLine(JSON.stringify({ ...hostile, more: "x".repeat(70_000) })), null, "too long");
});

t.test("an exchange is found in them, in other letters too, with what an exception says", async (t) => {
  const folder = makeLogFolder(t);
  const log = await folder.follow();
  const escaped = (text: string) =>
    text.replace(/[а-яё]/giu, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const line = (minutes: number, fields: object) =>
    `${escaped(JSON.stringify({ "@t": new Date(minutesAgo(minutes)).toISOString(), ...fields }))}\n`;
  await folder.write(line(9, { "@mt": "Обмен с главным сервером завершён, отправлено {Sent}", Sent: 3 }));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(9), error: null });
  const why = "System.Net.WebException: нет ответа";
  await folder.write(line(5, { "@mt": "Обмен прерван", "@l": "Error", "@x": why }));
  t.match(await log.read(), { error: { at: minutesAgo(5), message: `Обмен прерван: ${why}` } });
});

const now = Date.UTC(2026, 10, 24, 12);
const file = { name: "pos.log", createdAt: now - 3_600_000, modifiedAt: now };

t.test("times are local to the POS server, in any usual format", async (t) => {
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
  const wrong = ["[2019-13-05 14:58:52,546]", "[2019-04-05 25:58:52,546]", "[2019-04-00 14:00:00]"];
  for (const text of ["", "   в Session.Run()", ...wrong]) t.equal(parse(text, now), null, text);
});

t.test("a time without a date is of the day of its file, if that can be told", async (t) => {
  const parse = createLogTimeParser(null, 180);
  const of = (part: Partial<typeof file>, text: string) => parse({ ...file, ...part })(text, now);
  t.equal(of({}, "14:58:52 text"), Date.UTC(2026, 10, 24, 11, 58, 52));
  t.equal(of({}, "[15:30:00 INF] text"), Date.UTC(2026, 10, 23, 12, 30), "later than the file was written");
  t.equal(of({ name: "logs/pos-20261122.log" }, "15:30:00 text"), Date.UTC(2026, 10, 22, 12, 30));
  t.equal(of({ createdAt: now - 86_400_001 }, "14:58:52 text"), null, "a file of several days");
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

t.test("without an offset the system's zone counts; an hour that comes twice is not ahead", async (t) => {
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
  const env = { ...process.env, TZ: "Europe/Berlin" };
  const output = execFileSync(process.execPath, args, { env, encoding: "utf8" });
  t.same(JSON.parse(output), [
    "2026-07-01T10:00:00.000Z",
    "2026-12-01T11:00:00.000Z",
    "2026-10-25T00:30:00.000Z",
    "2026-10-25T01:30:00.000Z",
  ]);
});
