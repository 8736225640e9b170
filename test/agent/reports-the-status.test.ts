import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Fastify from "fastify";
import t from "tap";
import iikocard5 from "../../src/agent/profiles/iikocard5.json" with { type: "json" };
import { DEADLINE_MS } from "../../src/agent/status/source.ts";
import { compileTaught } from "../../src/agent/sync-log/log-reading.ts";
import { STATUS_LIMITS } from "../../src/monitor/pos-client/calls/limits.ts";
import type { LogKinds } from "../../src/protocol/log-patterns.ts";
import { isStatusReport, type StatusReport } from "../../src/protocol/status-report.ts";
import { callAgent, type ListeningAgent, makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import { failedLine, makeLogFolder, minutesAgo, otherLine, succeededLine } from "../helpers/log-folder.ts";
import { waitFor } from "../helpers/wait-for.ts";

async function readReport(agent: ListeningAgent): Promise<StatusReport> {
  const { body } = await callAgent(agent, "/v1/status");
  if (!isStatusReport(body)) throw new Error(`no report: ${JSON.stringify(body)}`);
  return body;
}

function logLine(text: string, utcOffsetMinutes: number): string {
  const local = new Date(Date.now() + utcOffsetMinutes * 60_000).toISOString();
  return `[${local.slice(0, 23).replace("T", " ").replace(".", ",")}] INFO  [12] — ${text}\r\n`;
}

t.test("everything that is there is reported", async (t) => {
  const folder = await makeAgentFolder(t);
  const startedAt = Date.now();
  await appendFile(join(folder.logs, "pos.log"), logLine("Обмен с главным сервером: успешно завершён", 180));
  const report = await readReport(await startTestAgent(t, folder));
  t.match(report, {
    protocol: 1,
    version: "34.2.117.0",
    crmId: "100237",
    utcOffsetMinutes: 180,
    service: { name: "sample", state: "running", startedAt: "2026-11-20T05:00:11.000Z" },
    sync: { error: null },
    database: { exists: true, bytes: 1024 },
  });
  const agoMs = (time: string | null | undefined) => Math.abs(Date.parse(time ?? "") - startedAt);
  t.ok(agoMs(report.time) < 10_000);
  t.ok(agoMs(report.sync?.lastSuccessAt) < 10_000, "local time is brought to UTC");
  t.ok(agoMs(report.database?.modifiedAt) < 60_000);
  const [free, total] = [Number(report.disk?.freeBytes), Number(report.disk?.totalBytes)];
  t.ok(free > 0 && free <= total);
});

t.test("what cannot be read is null, and the log says why once", async (t) => {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) };
  const logger = Fastify({ logger: { stream } }).log;
  const calls = join(t.testdir({}), "calls");
  const failing = "require('node:fs').appendFileSync(process.argv[1], 'x'); process.exit(4)";
  const folder = await makeAgentFolder(t, {
    version: { file: "no-version.txt" },
    crmId: { command: [process.execPath, "-e", failing, calls] },
    service: { control: "commands", commands: { status: ["/does/not/exist"] } },
    logs: { directory: "no-logs" },
    database: { directory: "no-database" },
  });
  const agent = await startTestAgent(t, folder, logger);
  t.match(await readReport(agent), {
    version: null,
    crmId: null,
    service: null,
    sync: { lastAttemptAt: null, lastSuccessAt: null, error: null },
    logs: { found: false, unmatched: false, lastWrittenAt: null },
    database: null,
    disk: null,
  });

  // The second reading happens when the first is older than a second; this file shows that it did.
  await writeFile(join(folder.root, "no-version.txt"), "34.0\n");
  await waitFor(async () => (await readReport(agent)).version === "34.0");
  t.equal(await readFile(calls, "utf8"), "x", "what is costly to find is not looked for again so soon");
  const problems = lines.filter((line) => line.msg === "cannot be read");
  const subjects = problems.map((line) => line.subject).sort();
  t.same(subjects, ["crmId", "database files", "disk space", "log files", "service", "version"]);
  t.match(problems.find((line) => line.subject === "crmId")?.problem, /ended with exit code 4/);
  t.equal(lines.find((line) => line.msg === "works again")?.subject, "version");
});

t.test("polls that come together share one reading", async (t) => {
  const calls = join(t.testdir({}), "calls");
  const program = "require('node:fs').appendFileSync(process.argv[1], 'x'); console.log('running')";
  const status = [process.execPath, "-e", program, calls];
  const folder = await makeAgentFolder(t, { service: { control: "commands", commands: { status } } });
  const agent = await startTestAgent(t, folder);
  const reports = await Promise.all(Array.from({ length: 20 }, () => readReport(agent)));
  t.equal(reports.filter((report) => report.service?.state === "running").length, 20);
  const { length } = await readFile(calls);
  t.ok(length <= 2, `${length} readings`);
});

t.test("a source that hangs does not hold up the others", async (t) => {
  const folder = await makeAgentFolder(t, { crmId: { command: ["sleep", "30"] } });
  const agent = await startTestAgent(t, folder);
  const begin = performance.now();
  const report = await readReport(agent);
  t.match(report, { crmId: null, version: "34.2.117.0", database: { exists: true } });
  t.ok(performance.now() - begin < 9_000, "before its command is given up");
  t.ok(DEADLINE_MS < STATUS_LIMITS.headersTimeoutMs, "and before the monitor gives up");
});

const SUCCESS = "Обмен с главным сервером: успешно завершён";
const NOTHING = { attempted: [], succeeded: [], failed: [], excluded: [] };

t.test("what fits general phrases is a guess until somebody says what the lines mean", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(succeededLine(minutesAgo(9)));
  t.match(await (await folder.follow()).readLogState(), { evidence: "guess" });
  const taught = compileTaught({ ...NOTHING, succeeded: [SUCCESS] });
  const log = await folder.follow({ taught });
  t.match(await log.readLogState(), { evidence: "known" });
  await folder.write(failedLine(minutesAgo(8), "нет связи"));
  t.match(await log.readLogState(), { evidence: "guess" }, "the last exchange counts");
  await folder.write(succeededLine(minutesAgo(7)));
  t.match(await log.readLogState(), { evidence: "known" });
  const own = makeLogFolder(t, { succeeded: [SUCCESS] });
  await own.write(succeededLine(minutesAgo(9)));
  const ofOwn = await (await own.follow()).readLogState();
  t.match(ofOwn, { evidence: "known" }, "as does one's own configuration");
});

t.test("phrases of a profile are known only with the real log that they were read from", async (t) => {
  const readFrom = { date: "2026-11-28", version: "34.2.117" };
  for (const [evidence, origin] of [
    ["guess", {}],
    ["known", { readFrom }],
  ] as const) {
    const folder = await makeAgentFolder(t, { profile: "own.json", utcOffsetMinutes: 0 });
    const logs = { ...iikocard5.logs, succeeded: [SUCCESS], ...origin };
    const profile = { ...iikocard5, name: "own", logs };
    await writeFile(join(folder.root, "own.json"), JSON.stringify(profile));
    await writeFile(join(folder.logs, "pos.log"), succeededLine(minutesAgo(3)));
    const agent = await startTestAgent(t, folder);
    t.match((await callAgent(agent, "/v1/status")).body, { logs: { evidence } });
  }
});

t.test("kinds of lines come with what is read in them, those that say something first", async (t) => {
  const folder = await makeAgentFolder(t, { utcOffsetMinutes: 0 });
  const others = Array.from({ length: 20 }, () => otherLine(minutesAgo(5))).join("");
  const lines = [others, failedLine(minutesAgo(4), "нет связи"), succeededLine(minutesAgo(3))];
  await writeFile(join(folder.logs, "pos.log"), lines.join(""));
  const agent = await startTestAgent(t, folder);
  const period = `from=${new Date(minutesAgo(60)).toISOString()}&to=${new Date().toISOString()}`;
  const { kinds } = (await callAgent(agent, `/v1/log-kinds?${period}`)).body as LogKinds;
  const said = kinds.map(({ says }) => says?.kind ?? null);
  t.same([said.slice(0, 2).sort(), said.slice(2)], [["failed", "succeeded"], [null]]);
  t.same(kinds.find(({ text }) => text === SUCCESS)?.says, { kind: "succeeded", evidence: "guess" });
});
