import { appendFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { checkPatterns } from "../../src/protocol/check-patterns.ts";
import { readWrittenTime } from "../../src/protocol/log-head.ts";
import {
  configurationId,
  type LogKinds,
  type LogPatternTrial,
  type TaughtPatterns,
} from "../../src/protocol/log-patterns.ts";
import { compilePattern } from "../../src/protocol/pattern.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { patternOfKind } from "../../src/protocol/taught-pattern.ts";
import { TIME_FORMATS } from "../../src/protocol/time-formats.ts";
import {
  type AgentFolder,
  callAgent,
  type ListeningAgent,
  makeAgentFolder,
  sendToAgent,
  startTestAgent,
} from "../helpers/agent.ts";
import { foldLine } from "../helpers/fold-line.ts";
import { minutesAgo, stamp } from "../helpers/log-folder.ts";

const line = (at: number, level: string, text: string) =>
  `${stamp(at)} ${level.padStart(5)} [Loop 1] [Cycle:Run:59] - ${text}\n`;

const append = ({ logs }: AgentFolder, text: string) => appendFile(join(logs, "pos.log"), text);

/** Lines in a wording that nothing was tuned to: a cycle every minute for an hour, the last one dropped. */
function cycles(): string {
  let text = "";
  for (let minute = 60; minute >= 5; minute -= 1) {
    text += line(minutesAgo(minute), "INFO", `Cycle ${1000 - minute} opened`);
    text += line(minutesAgo(minute), "DEBUG", `Guest "Иванов" found, phone +7 916 123-45-67`);
    text += line(minutesAgo(minute), "INFO", `Cycle ${1000 - minute} closed: ${minute} in, 3 out`);
  }
  return text + line(minutesAgo(3), "WARN", "Cycle 998 dropped: remote host closed the connection");
}

const TAUGHT: TaughtPatterns = {
  attempted: ["Cycle \\S+ opened"],
  succeeded: ["Cycle \\S+ closed: \\S+ in, \\S+ out"],
  failed: ["(?<message>Cycle \\S+ dropped.*)"],
  excluded: [],
};

const startWith = async (test: Test, text: string) => {
  const folder = await makeAgentFolder(test, { utcOffsetMinutes: 0 });
  await append(folder, text);
  return { folder, agent: await startTestAgent(test, folder) };
};
const send = (agent: ListeningAgent, method: string, path: string, body: unknown) =>
  sendToAgent(agent, path, body, { method });
const teach = (agent: ListeningAgent, logs: object | null) =>
  send(agent, "PUT", "/v1/configuration", { logs });
const report = async (agent: ListeningAgent) => (await callAgent(agent, "/v1/status")).body as StatusReport;
const tryOut = async (agent: ListeningAgent, patterns: TaughtPatterns) =>
  (await send(agent, "POST", "/v1/log-pattern-trials", patterns)).body as LogPatternTrial;
const lastDay = () =>
  `/v1/log-kinds?from=${new Date(Date.now() - 86_400_000).toISOString()}&to=${new Date().toISOString()}`;
const kindsOf = async (agent: ListeningAgent) => ((await callAgent(agent, lastDay())).body as LogKinds).kinds;

t.test("lines differ in what was folded, or they are of another kind", async (t) => {
  const folded: [string, string][] = [
    ["Cycle 118 closed: 14 in, 3 out", "Cycle # closed: # in, # out"],
    ["Cycle #118 closed at 2026-11-25 13:42:10,003", "Cycle ## closed at # #"],
    ["Гость «Иванов» найден за 12.5 мс", "Гость «…» найден за # мс"],
    ['Session 0x1F4A, file "C:\\Logs\\a.txt"', "Session #, file «…»"],
    ["id 5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c2 ok", "id # ok"],
    ["GET https://main.example:443/api?x=1 200", "GET # #"],
    ["phone +7 916 •••-••-67, card •••• 1234", "phone «…», card «…»"],
    ["Cycle 7 ended, HRESULT error 0x80131904", "Cycle # ended, HRESULT error 0x80131904"],
    ["  deadbeef  added \t face ", "deadbeef  added \t face"],
  ];
  for (const [text, kind] of folded) t.equal(foldLine(text), kind, text);
  for (const [text, kind] of folded.filter(([text]) => !text.includes("•"))) {
    const pattern = new RegExp(patternOfKind(kind), "iu");
    t.match(text, pattern, kind);
  }
  t.equal(patternOfKind("Cycle # dropped (#)", true), "(?<message>Cycle \\S+ dropped \\(\\S+\\))");
  const pattern = new RegExp(patternOfKind("task=exchange errmsg=no route", true), "iu");
  t.match("task=exchange errmsg=host hung up", pattern, "whatever the reason");
});

const faultsOf = async (...sources: string[]) =>
  (await checkPatterns(sources)).map(({ index, fault }) => [index, fault]);

/** In the words of the field, ten patterns of 9 KB: they would take gigabytes. */
const HUGE = Array.from({ length: 10 }, (_, index) => `${"(?:.{1,1000}|)".repeat(60)}обмен${index}`);
const MANY = Array.from({ length: 50 }, (_, index) => `обмен${index}${"x".repeat(900)}`);

t.test("no pattern is taught that is none, fits any line, or could take much time or memory", async (t) => {
  t.same(
    await faultsOf("Cycle \\S+ closed", "Cycle (", "(?=Cycle)x", ".*", "", "\\S+", "\\d+|closed", "in"),
    [[1, "invalid"], [2, "unusable"], ...[3, 4, 5, 6, 7].map((index) => [index, "too_general"])],
  );
  t.same(await faultsOf("обмен", ...HUGE), [[1, "too_costly"]]);
  t.same(await faultsOf("обмен", "(?:.?.?){1000}обмен"), [[1, "too_costly"]]);
  t.same(await faultsOf("обмен", `обмен${"()".repeat(21)}`), [[1, "too_costly"]]);
  t.same(await faultsOf(...MANY), [[6, "too_costly"]], "together with the others");
});

t.test("an agent tells the kinds of lines in its log, guests masked", async (t) => {
  const { agent } = await startWith(t, cycles());
  t.match(await report(agent), {
    sync: { lastSuccessAt: null, error: null },
    logs: { found: true, unmatched: true, lastWrittenAt: String, evidence: null },
  });
  const { status, body } = await callAgent(agent, lastDay());
  t.equal(status, 200);
  const { kinds, lines, isCut } = body as LogKinds;
  t.same([lines, isCut], [56 * 3 + 1, false]);
  const cycle = kinds.find(({ text }) => text === "Cycle # closed: # in, # out");
  t.match(cycle, { level: "INFO", count: 56, example: "Cycle 995 closed: 5 in, 3 out" });
  t.equal(cycle?.firstAt, new Date(minutesAgo(60)).toISOString());
  t.equal(cycle?.lastAt, new Date(minutesAgo(5)).toISOString());
  t.equal(kinds.find(({ level }) => level === "DEBUG")?.text, "Guest «…» found, phone «…»");
  t.notMatch(JSON.stringify(kinds), "123-45-67");
  t.match(await callAgent(agent, lastDay().replace(/to=.*/, "to=2020-01-01T00:00:00Z")), {
    status: 400,
    body: { error: "invalid_period" },
  });
  t.match(await callAgent(agent, "/v1/log-kinds?from=x&to=y"), { status: 400 });
});

t.test("patterns are tried on the last day of the log, and nothing is taught by that", async (t) => {
  const { agent } = await startWith(t, cycles());
  const { status, body } = await send(agent, "POST", "/v1/log-pattern-trials", TAUGHT);
  t.equal(status, 200);
  t.match(body, {
    attempted: { count: 56 },
    succeeded: {
      count: 56,
      last: { at: new Date(minutesAgo(5)).toISOString(), text: /Cycle 995 closed: 5 in/ },
    },
    failed: { count: 1, last: { text: /Cycle 998 dropped/ } },
    contradictions: { count: 0, last: null },
    isCut: false,
  });
  const contradicting = { ...TAUGHT, failed: ["Cycle \\S+ (?:dropped|closed)"] };
  t.match(await tryOut(agent, contradicting), {
    succeeded: { count: 0 },
    failed: { count: 57 },
    contradictions: { count: 56, last: { text: /closed/ } },
  });
  const excluding = { ...contradicting, excluded: ["Cycle 995 closed"] };
  t.match(await tryOut(agent, excluding), {
    failed: { count: 56 },
    contradictions: { count: 55, last: { text: /Cycle 994 closed/ } },
  });
  t.match(await send(agent, "POST", "/v1/log-pattern-trials", { ...TAUGHT, failed: ["(?=x)y"] }), {
    status: 400,
    body: { error: "invalid_pattern", message: /^\/failed\/0: / },
  });
  t.match(await send(agent, "POST", "/v1/log-pattern-trials", { failed: [] }), { status: 400 });
  t.match(await report(agent), { agent: { configurationId: null }, sync: { lastSuccessAt: null } });
});

t.test("a success that general phrases call a failure is told by a trial, and not claimed", async (t) => {
  const { folder, agent } = await startWith(t, cycles());
  await append(folder, line(minutesAgo(2), "INFO", "Exchange failed: timeout"));
  const taught = { ...TAUGHT, succeeded: ["Exchange .+"], failed: [] };
  t.match(await tryOut(agent, taught), {
    succeeded: { count: 0 },
    failed: { count: 1 },
    contradictions: { count: 1, last: { text: /Exchange failed/ } },
  });
  await teach(agent, taught);
  t.match(await report(agent), { sync: { lastSuccessAt: null, error: { message: "timeout" } } });
});

t.test("what was taught is in force at once, survives a restart, and is taken back", async (t) => {
  const { folder, agent } = await startWith(t, cycles());
  const taken = await teach(agent, TAUGHT);
  t.match(taken, { status: 200, body: { configurationId: configurationId(TAUGHT) } });
  const taughtReport = {
    agent: { configurationId: configurationId(TAUGHT) },
    logs: { unmatched: false },
    sync: {
      lastSuccessAt: new Date(minutesAgo(5)).toISOString(),
      error: { message: "Cycle 998 dropped: remote host closed the connection" },
    },
  };
  t.match(await report(agent), taughtReport);
  await agent.close();
  const restarted = await startTestAgent(t, folder);
  t.match(await report(restarted), taughtReport);

  const broken = await teach(restarted, { ...TAUGHT, succeeded: ["("] });
  t.match(broken, { status: 400, body: { error: "invalid_pattern", message: /^\/succeeded\/0: / } });
  t.match(await report(restarted), taughtReport, "the last that worked stay in force");

  t.match(await teach(restarted, null), { status: 200, body: { configurationId: null } });
  const untaught = { agent: { configurationId: null }, sync: { lastSuccessAt: null, error: null } };
  t.match(await report(restarted), untaught);
});

t.test("a time that is known by no usual format is read as it was taught", async (t) => {
  for (const { example, pattern } of TIME_FORMATS) {
    t.equal(readWrittenTime(`${example} INFO - text`)?.date ?? null, null, `${example} is not usual`);
    const time = readWrittenTime(`${example} INFO - text`, compilePattern(pattern));
    t.match(time, { date: { year: 2026, month: 11, day: 24 }, clock: 36_001_000 }, example);
  }
  const [, day = "", clock = ""] = /^(.+)T(.+)\.\d/.exec(new Date(minutesAgo(7)).toISOString()) ?? [];
  const head = `${day.split("-").reverse().join(".")} ${clock.replaceAll(":", ".")}`;
  const { folder, agent } = await startWith(t, `${head} INFO - Обмен с главным сервером успешно завершён\n`);
  t.match(await report(agent), { sync: { lastSuccessAt: null } });
  const logs = { attempted: [], succeeded: [], failed: [], excluded: [] };
  const timestamp = TIME_FORMATS.find(({ example }) => example === "24.11.2026 10.00.01")?.pattern;
  const missing = { ...logs, timestamp: "^(?<year>x)" };
  const refused = { status: 400, body: { message: /^\/timestamp has no group month/ } };
  t.match(await teach(agent, missing), refused);
  await teach(agent, { ...logs, timestamp });
  t.match(await report(agent), { sync: { lastSuccessAt: `${day}T${clock}.000Z` } });
  const usual = line(minutesAgo(3), "INFO", "Обмен с главным сервером успешно завершён");
  await append(folder, usual);
  const kinds = await kindsOf(agent);
  t.match(kinds, [
    {
      text: "Обмен с главным сервером успешно завершён",
      firstAt: `${day}T${clock}.000Z`,
      lastAt: new Date(minutesAgo(3)).toISOString(),
    },
  ]);
});

t.test("lines of JSON are taught by what they are shown as, with any reason or process", async (t) => {
  const entry = (agoMinutes: number, proc: number, done: boolean, why?: string) => {
    const when = new Date(minutesAgo(agoMinutes)).toISOString();
    return `${JSON.stringify({ when, what: "hub.trip", rank: "note", why, proc, done })}\n`;
  };
  let text = "";
  for (let ago = 90; ago > 60; ago -= 1)
    text += entry(ago, 331, true) + entry(ago, 331, false, "host hung up");
  const { folder, agent } = await startWith(t, text);
  const kinds = await kindsOf(agent);
  const patternOf = (word: string, isMessage: boolean) =>
    patternOfKind(kinds.find(({ text }) => text.includes(word))?.text ?? "", isMessage);
  const [succeeding, failing] = [patternOf("done=true", false), patternOf("done=false", true)];
  const logs = { attempted: [], excluded: [], succeeded: [succeeding], failed: [failing] };
  t.match(await teach(agent, logs), { status: 200 });
  const [succeeded, failed] = [5, 3].map((ago) => new Date(minutesAgo(ago)).toISOString());
  await append(folder, entry(5, 777, true) + entry(3, 777, false, "certificate has expired"));
  t.match(await report(agent), {
    logs: { unmatched: false },
    sync: { lastSuccessAt: succeeded, error: { at: failed, message: /certificate has expired/ } },
  });
});

t.test("neither an example nor what a trial found ends with half of a guest's number", async (t) => {
  // Cut in an example of a kind, and, with what stands before the text, in what a trial found.
  const lines = Object.entries({ a: 990, b: 995, c: 935, d: 940 }).map(([name, length]) =>
    line(minutesAgo(5), "INFO", `Cycle ${name} closed ${"я".repeat(length - 15)} +79161234567, найден`),
  );
  const { agent } = await startWith(t, lines.join(""));
  const kinds = await kindsOf(agent);
  t.equal(kinds.length, lines.length);
  t.notMatch(JSON.stringify(kinds), /9161/);
  const [attempted, succeeded, failed] = [["Cycle b closed"], ["Cycle c closed"], ["Cycle d closed"]];
  const trial = await tryOut(agent, { ...TAUGHT, attempted, succeeded, failed });
  for (const kind of ["attempted", "succeeded", "failed"] as const) t.equal(trial[kind].count, 1, kind);
  t.notMatch(JSON.stringify(trial), /9161/);
});

t.test("every kind that is offered fits its own lines, masked ones or on two of them too", async (t) => {
  const lines = [
    line(minutesAgo(9), "INFO", "Till 2: guest found, card 7001 7937 8989 2300, balance 12.50"),
    line(minutesAgo(8), "INFO", "Till 2: phone +7 (916) 123-45-67 called"),
    line(minutesAgo(7), "INFO", "").replace("\n", "\nCycle 8 closed\n"),
    line(minutesAgo(6), "INFO", "").replace("\n", "\n\nCycle 9 closed\n"),
  ];
  const { agent } = await startWith(t, lines.join(""));
  const kinds = await kindsOf(agent);
  t.equal(kinds.length, 3);
  const [attempted = [], succeeded = [], failed = []] = kinds.map(({ text }) => [patternOfKind(text)]);
  const said = kinds.map(({ count, lastAt }) => ({ count, last: { at: lastAt } }));
  t.match(await tryOut(agent, { ...TAUGHT, attempted, succeeded, failed }), {
    attempted: said[0],
    succeeded: said[1],
    failed: said[2],
  });
});

t.test("an agent whose kept patterns are damaged or too much tells so, and is taught anew", async (t) => {
  const { folder, agent } = await startWith(t, cycles());
  await append(folder, line(minutesAgo(2), "INFO", "Exchange finished"));
  const lastSuccessAt = new Date(minutesAgo(2)).toISOString();
  const kept = join(folder.root, "state", "taught-patterns.json");
  await agent.close();
  for (const [content, problem] of [
    ['{"succeeded": ["."]}', /^taught: .*taught-patterns\.json/],
    [JSON.stringify({ ...TAUGHT, failed: HUGE }), /^taught: \/failed\/0: /],
  ] as const) {
    await writeFile(kept, content);
    const restarted = await startTestAgent(t, folder);
    t.match(await report(restarted), {
      agent: { configurationId: null },
      logs: { unusablePatterns: [problem] },
      sync: { lastSuccessAt: null },
    });
    for (const logs of [TAUGHT, null]) {
      t.match(await teach(restarted, logs), { status: 200 });
      t.match(await report(restarted), {
        agent: { configurationId: configurationId(logs) },
        logs: { unusablePatterns: { length: 0 } },
        sync: { lastSuccessAt },
      });
    }
    await restarted.close();
  }
});

t.test("one reading at a time, for which few wait, and all of it asks for the token", async (t) => {
  const { folder, agent } = await startWith(t, cycles());
  await append(folder, line(minutesAgo(1), "INFO", "Касса 2: гость найден").repeat(10_000));
  const answers = await Promise.all([1, 2, 3, 4].map(() => callAgent(agent, lastDay())));
  t.same(answers.map(({ status }) => status).sort(), [200, 200, 200, 503]);
  for (const [method, path] of [
    ["GET", lastDay()],
    ["POST", "/v1/log-pattern-trials"],
    ["PUT", "/v1/configuration"],
  ] as const)
    t.match(await callAgent(agent, path, { method, authorization: null }), { status: 401 });

  await rm(folder.logs, { recursive: true });
  const unreadable = { status: 500, body: { error: "logs_unreadable" } };
  t.match(await callAgent(agent, lastDay()), unreadable, "its folder is gone");
  t.match(await send(agent, "POST", "/v1/log-pattern-trials", TAUGHT), { status: 500 }, "its folder is gone");
});
