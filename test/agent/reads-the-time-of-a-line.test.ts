import { execFileSync } from "node:child_process";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createLogTimeParser } from "../../src/agent/sync-log/log-time.ts";

const { logs } = await parseAgentConfig({ dataDirectory: "/data" }, "/");
const now = Date.UTC(2026, 10, 24, 12);

t.test("times are local to the POS server", (t) => {
  const parse = createLogTimeParser(logs.timestampPattern, 180);
  t.equal(parse("[2019-04-05 14:58:52,546] DEBUG [48] — text", now), Date.UTC(2019, 3, 5, 11, 58, 52, 546));
  t.equal(parse("2019-04-05T14:58:52.5 text", now), Date.UTC(2019, 3, 5, 11, 58, 52, 500));
  t.equal(parse("[2019-04-05 14:58:52] text", now), Date.UTC(2019, 3, 5, 11, 58, 52));
  t.end();
});

t.test("what is no time is null", (t) => {
  const parse = createLogTimeParser(logs.timestampPattern, 0);
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
    const parse = createLogTimeParser(new RegExp(process.argv[1], "iu"), null);
    const iso = (text, now) => new Date(parse(text, Date.parse(now))).toISOString();
    console.log(JSON.stringify([
      iso("[2026-07-01 12:00:00,000]", "2026-12-01T00:00:00Z"),
      iso("[2026-12-01 12:00:00,000]", "2026-12-02T00:00:00Z"),
      iso("[2026-10-25 02:30:00,000]", "2026-10-25T00:31:00Z"),
      iso("[2026-10-25 02:30:00,000]", "2026-10-25T01:31:00Z"),
    ]));`;
    const args = ["--input-type=module", "-e", program, logs.timestampPattern.source];
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
