import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { buildAgentServer } from "../../src/agent/http/server.ts";
import { logCalls } from "../../src/agent/logs/log-calls.ts";
import { createOpenArchives } from "../../src/agent/logs/open-archives.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { type ListeningAgent, makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import {
  fetchArchive,
  LONG_LOG,
  orderArchive,
  orderRefused,
  readArchive,
  takeBody,
  writeLongLog,
} from "../helpers/log-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

async function startWithLogs(t: Test, logs: Record<string, string | Buffer>) {
  const folder = await makeAgentFolder(t);
  for (const [name, content] of Object.entries(logs)) {
    await mkdir(join(folder.logs, name, ".."), { recursive: true });
    await writeFile(join(folder.logs, name), content);
  }
  return { folder, agent: await startTestAgent(t, folder) };
}

t.test("the archive has the logs as they are, in the order asked for, with names and times", async (t) => {
  const logs = {
    "2026-11-24/обмен с сервером.log": "Обмен с главным сервером: начат\r\n".repeat(10_000),
    "empty.log": "",
    "binary.log": randomBytes(1_000_000),
  };
  const { folder, agent } = await startWithLogs(t, logs);
  const modifiedAt = new Date("2026-11-20T10:11:12.000Z");
  await utimes(join(folder.logs, "binary.log"), modifiedAt, modifiedAt);

  const answer = await orderArchive(
    agent,
    Object.keys(logs).map((name) => ({ name })),
  );
  t.equal(answer.statusCode, 200);
  t.match(answer.headers, { "content-type": "application/zip", "transfer-encoding": "chunked" });
  const zip = await takeBody(answer);
  const files = await readArchive(zip);
  t.same([...files.keys()], Object.keys(logs), "no text about missing logs when there are none");
  for (const [name, content] of Object.entries(logs))
    t.ok(files.get(name)?.content.equals(Buffer.from(content)), name);
  t.same(files.get("binary.log")?.modifiedAt, modifiedAt);

  const zipFile = join(folder.root, "archive.zip");
  await writeFile(zipFile, zip);
  t.match((await promisify(execFile)("unzip", ["-t", zipFile])).stdout, "No errors detected");
});

t.test("the last bytes of a log begin with a whole line and are never more than asked for", async (t) => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `строка ${index}\n`);
  const { agent } = await startWithLogs(t, { "pos.log": lines.join(""), "long.log": "x".repeat(500_000) });
  const tailOf = async (name: string, tailBytes: number) =>
    (await fetchArchive(agent, [{ name, tailBytes }])).get(name)?.content.toString();

  const lastLine = lines.at(-1) ?? "";
  const lastLineBytes = Buffer.byteLength(lastLine);
  t.equal(await tailOf("pos.log", 2 * lastLineBytes), lines.slice(-2).join(""), "exactly two lines");
  t.equal(await tailOf("pos.log", 2 * lastLineBytes - 1), lastLine, "one byte less than two lines");
  t.equal(await tailOf("pos.log", 3), "99\n", "less than a line");
  t.equal(await tailOf("pos.log", 0), "");
  t.equal(await tailOf("pos.log", 10_000_000), lines.join(""), "more than there is");
  t.equal((await tailOf("long.log", 300_000))?.length, 300_000, "one endless line");
});

t.test("the last bytes of a UTF-16 log can be read alone", async (t) => {
  const text = "\uFEFFначало\nстрока 1\nстрока 2\n";
  const { agent } = await startWithLogs(t, {
    "pos.log": Buffer.from(text, "utf16le"),
    "endless.log": Buffer.from(`\uFEFF${"ы".repeat(50_000)}`, "utf16le"),
  });
  for (const tailBytes of [39, 38, 37, 22, 21]) {
    const files = await fetchArchive(agent, [{ name: "pos.log", tailBytes }]);
    const content = files.get("pos.log")?.content ?? Buffer.alloc(0);
    t.ok(content.length <= tailBytes, `${tailBytes}`);
    const expected = tailBytes >= 38 ? "\uFEFFстрока 1\nстрока 2\n" : "\uFEFFстрока 2\n";
    t.equal(content.toString("utf16le"), expected, `${tailBytes}`);
  }
  const files = await fetchArchive(agent, [{ name: "endless.log", tailBytes: 13 }]);
  t.equal(files.get("endless.log")?.content.toString("utf16le"), "\uFEFFыыыыы", "within a line");
});

t.test("a log from before 1970 is archived too", async (t) => {
  const { folder, agent } = await startWithLogs(t, { "pos.log": "a\n" });
  await utimes(join(folder.logs, "pos.log"), -5_000_000, -5_000_000);
  const files = await fetchArchive(agent, [{ name: "pos.log" }]);
  t.equal(files.get("pos.log")?.content.toString(), "a\n");
});

t.test("an order may be larger than other calls", async (t) => {
  const names = Array.from({ length: 1_500 }, (_, index) => `2026-11-24/касса номер ${index}.log`);
  const { agent } = await startWithLogs(t, Object.fromEntries(names.map((name) => [name, name])));
  const files = await fetchArchive(
    agent,
    names.map((name) => ({ name })),
  );
  t.same([...files.keys()], names);
});

const BYTES_PER_SECOND = 400_000;
const LOG = randomBytes(600_000);

t.test("archives together are never faster than the configured rate, over any second", async (t) => {
  const folder = await makeAgentFolder(t, { logs: { maxBytesPerSecond: BYTES_PER_SECOND } });
  await writeFile(join(folder.logs, "pos.log"), LOG);
  const agent = await startTestAgent(t, folder);

  const arrivals: { at: number; bytes: number }[] = [];
  const fetch = async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of await orderArchive(agent, [{ name: "pos.log" }])) {
      arrivals.push({ at: performance.now(), bytes: chunk.length });
      chunks.push(chunk);
    }
    return readArchive(Buffer.concat(chunks));
  };
  for (const files of await Promise.all([fetch(), fetch()])) t.ok(files.get("pos.log")?.content.equals(LOG));

  const bytesFrom = (start: number) =>
    arrivals.filter(({ at }) => at >= start && at < start + 1000).reduce((sum, { bytes }) => sum + bytes, 0);
  const fastest = Math.max(...arrivals.map(({ at }) => bytesFrom(at)));
  // What arrives late for a moment on a busy machine arrives together with what follows.
  t.ok(fastest <= 1.2 * BYTES_PER_SECOND, `fastest second: ${fastest} bytes`);
  t.ok(fastest >= 0.3 * BYTES_PER_SECOND, "and it is not much slower");
});

const NAME = "long.log";
const ORDER = [{ name: NAME }];

async function makeFolder(t: Test) {
  const folder = await makeAgentFolder(t);
  await writeLongLog(folder);
  await writeFile(join(folder.logs, "short.log"), "a\n");
  return folder;
}

/** How often this process, the agent's, has the log open. */
async function countOpenLogs(logs: string): Promise<number> {
  const descriptors = await readdir("/proc/self/fd");
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")));
  return targets.filter((target) => target === join(logs, NAME)).length;
}

const isFree = async (agent: ListeningAgent) => {
  const answer = await orderArchive(agent, [{ name: "short.log" }]);
  answer.resume();
  return answer.statusCode === 200;
};

t.test("a third archive has to wait until one of two is taken", async (t) => {
  const agent = await startTestAgent(t, await makeFolder(t));
  const [first, second] = [await orderArchive(agent, ORDER), await orderArchive(agent, ORDER)];
  const refused = await orderRefused(agent, { files: ORDER });
  t.match(refused, { status: 503, body: { error: "busy" }, headers: { "retry-after": /^[1-9]\d*$/ } });

  const files = await readArchive(await takeBody(first));
  t.ok(files.get(NAME)?.content.equals(LONG_LOG));
  await waitFor(() => isFree(agent));
  t.ok((await readArchive(await takeBody(second))).get(NAME)?.content.equals(LONG_LOG));
});

t.test("somebody who goes away frees the place, and the log is closed", async (t) => {
  const folder = await makeFolder(t);
  const agent = await startTestAgent(t, folder);
  const answers = [await orderArchive(agent, ORDER), await orderArchive(agent, ORDER)];
  await waitFor(async () => (await countOpenLogs(folder.logs)) === 2);
  t.match(await orderRefused(agent, { files: ORDER }), { status: 503 });
  for (const answer of answers) answer.destroy();
  await waitFor(() => isFree(agent));
  await waitFor(async () => (await countOpenLogs(folder.logs)) === 0);
});

t.test("an order that is refused takes no place", async (t) => {
  const agent = await startTestAgent(t, await makeFolder(t));
  for (let time = 0; time < 3; time += 1)
    t.match(await orderRefused(agent, { files: [{ name: "../x.log" }] }), { status: 400 });
  t.equal((await fetchArchive(agent, ORDER)).size, 1);
});

t.test("an agent that is told to stop ends its archives", async (t) => {
  const folder = await makeFolder(t);
  const agent = await startTestAgent(t, folder);
  const answer = await orderArchive(agent, ORDER);
  const taken = t.rejects(takeBody(answer), "the archive breaks off");
  await agent.close();
  await taken;
  await waitFor(async () => (await countOpenLogs(folder.logs)) === 0);
});

t.test("somebody who takes nothing for too long loses the connection and the place", async (t) => {
  const folder = await makeFolder(t);
  const config = await parseAgentConfig(folder.config, folder.root);
  const identity = await loadIdentity(config.stateDirectory);
  const server = buildAgentServer(identity, false);
  t.teardown(() => server.close());
  const archives = createOpenArchives();
  server.register(logCalls, { prefix: "/v1", config, archives, stalledReaderMs: 2_000 });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  const pairingString = `poswatch://127.0.0.1:1?id=${identity.posServerId}&token=${identity.token}&fingerprint=${identity.fingerprint}`;
  const agent = { address, pairingString, close: async () => {} };

  const answers = [await orderArchive(agent, ORDER), await orderArchive(agent, ORDER)];
  t.match(await orderRefused(agent, { files: ORDER }), { status: 503 });
  await waitFor(() => isFree(agent));
  await waitFor(async () => (await countOpenLogs(folder.logs)) === 0);
  for (const answer of answers) await t.rejects(takeBody(answer), "the archive breaks off");
});
