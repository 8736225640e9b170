import { createReadStream, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createSyncLog } from "../../src/agent/sync-log/sync-log.ts";
import { POS_SERVERS } from "../../src/demo/chain.ts";
import { createLogHistory } from "../../src/demo/log-history.ts";
import { writeTraceLog } from "../../src/demo/trace-log.ts";
import { demoPosServer } from "../helpers/simulation.ts";

const MEBIBYTE = 1024 * 1024;
const DAY_MS = 24 * 60 * 60_000;
const posServer = demoPosServer("maroseyka-4");
const { utcOffsetMinutes } = posServer;
const now = Date.now();

t.test("One healthy POS server of the demo has a log of 300 MB", async (t) => {
  const huge = POS_SERVERS.filter(({ traceLogBytes }) => traceLogBytes > 0);
  t.same(
    huge.map(({ name, scenario, traceLogBytes }) => [name, scenario, traceLogBytes]),
    [["Маросейка, 4", "healthy", 300 * MEBIBYTE]],
  );
});

t.test("Its lines are of the last day and in the order of their times, errors among them", async (t) => {
  const file = path.join(t.testdir(), "trace.log");
  writeTraceLog({ file, bytes: 20 * MEBIBYTE, now, utcOffsetMinutes });
  const { size, mtimeMs } = statSync(file);
  t.ok(Math.abs(size - 20 * MEBIBYTE) < MEBIBYTE, `${size} bytes`);
  t.ok(mtimeMs > now - DAY_MS && mtimeMs < now);

  let [first, last, errors, disorder] = ["", "", 0, 0];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const time = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})\]/.exec(line)?.[1];
    if (!time) continue;
    first ||= time;
    if (time < last) disorder += 1;
    if (line.includes("] ERROR [")) errors += 1;
    last = time;
  }
  const at = (time: string) => Date.parse(`${time.replace(" ", "T").replace(",", ".")}+03:00`);
  t.equal(disorder, 0);
  t.ok(errors > 10);
  t.ok(at(first) > now - DAY_MS - 10 * 60_000 && at(last) < now, `${first} – ${last}`);
});

t.test("The agent finds the last exchange without going through it", async (t) => {
  const logsFolder = t.testdir();
  createLogHistory()({ posServer, logsFolder, now, days: 2, revision: 118 });
  const bytes = 20 * MEBIBYTE;
  writeTraceLog({ file: path.join(logsFolder, "trace.log"), bytes, now, utcOffsetMinutes });
  const config = await parseAgentConfig({ dataDirectory: logsFolder, logs: { directory: logsFolder } }, "/");
  const syncLog = createSyncLog(config.logs, utcOffsetMinutes, { set() {} });
  const { sync } = await syncLog.read();
  t.ok((sync.lastSuccessAt ?? 0) > now - 5 * 60_000);
  t.ok(syncLog.totalBytesRead() < 2 * MEBIBYTE, `${syncLog.totalBytesRead()} bytes read`);
});
