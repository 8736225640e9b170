import t from "tap";
import { readStructuredLine } from "../../src/protocol/structured-line.ts";
import { makeLogFolder, minutesAgo } from "../helpers/log-folder.ts";

t.test("lines of JSON are read as their text", (t) => {
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
  t.end();
});

t.test("what is made to hurt is read as it stands, or not at all", (t) => {
  const deep = `{"time":"2026-11-24T10:42:10Z","msg":"m","x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
  t.doesNotThrow(() => readStructuredLine(deep));
  const hostile = { time: "2026-11-24T10:42:10Z", msg: "{a:".repeat(20_000) };
  t.match(readStructuredLine(JSON.stringify(hostile)), [/\{a:$/u]);
  t.equal(readStructuredLine(JSON.stringify({ ...hostile, more: "x".repeat(70_000) })), null, "too long");
  t.end();
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
  await folder.write(
    line(5, { "@mt": "Обмен прерван", "@l": "Error", "@x": "System.Net.WebException: нет ответа" }),
  );
  t.match(await log.read(), {
    error: { at: minutesAgo(5), message: "Обмен прерван: System.Net.WebException: нет ответа" },
  });
});
