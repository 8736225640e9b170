import { randomBytes } from "node:crypto";
import { readdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { buildAgentServer } from "../../src/agent/http/server.ts";
import { createOpenArchives } from "../../src/agent/logs/log-archive.ts";
import { logCalls } from "../../src/agent/logs/log-calls.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { type ListeningAgent, makeAgentFolder, startTestAgent } from "../helpers/agent.ts";
import {
  LONG_LOG,
  orderArchive,
  orderRefused,
  readArchive,
  takeBody,
  writeLongLog,
} from "../helpers/log-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

const BYTES_PER_SECOND = 400_000;
const LOG = randomBytes(400_000);

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
  for (let time = 0; time < 3; time += 1)
    t.match(await orderRefused(agent, { files: [{ name: "../x.log" }] }), { status: 400 }, "takes no place");
  const [first, second] = [await orderArchive(agent, ORDER), await orderArchive(agent, ORDER)];
  const refused = await orderRefused(agent, { files: ORDER });
  t.match(refused, { status: 503, body: { error: "busy" }, headers: { "retry-after": /^[1-9]\d*$/ } });

  const files = await readArchive(await takeBody(first));
  t.ok(files.get(NAME)?.content.equals(LONG_LOG));
  await waitFor(() => isFree(agent));
  second.destroy();
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
  await waitFor(async () => (await countOpenLogs(folder.logs)) === 2);
  await waitFor(async () => (await countOpenLogs(folder.logs)) === 0);
  await waitFor(() => isFree(agent));
  for (const answer of answers) await t.rejects(takeBody(answer), "the archive breaks off");
});
