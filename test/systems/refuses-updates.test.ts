import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import Fastify from "fastify";
import t from "tap";
import { acquireLock } from "../../src/agent/files/lock.ts";
import { createOpenArchives } from "../../src/agent/logs/log-archive.ts";
import { findInstallation } from "../../src/agent/updates/installation.ts";
import type { UpdateRefusedError } from "../../src/agent/updates/open-update.ts";
import { createUpdates, holdOff } from "../../src/agent/updates/updates.ts";
import { type AgentUpdate, MAX_COMPRESSED_BYTES } from "../../src/protocol/agent-update.ts";
import { type AgentAnswer, callAgent, makeAgentFolder } from "../helpers/agent.ts";
import { sendCommand } from "../helpers/agent-commands.ts";
import { startAgentHost } from "../helpers/agent-host.ts";
import { bundleOf, SIGNING_KEY, sendUpdate, updateOf } from "../helpers/agent-updates.ts";
import { makeFolder } from "../helpers/folder.ts";
import { orderArchive, writeLongLog } from "../helpers/log-archive.ts";
import { findFreePort } from "../helpers/program.ts";
import { makeSampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const BROKEN = "process.exit(3);";
const OTHER_KEY = generateKeyPairSync("ed25519").privateKey;
const MEGABYTE = 1024 * 1024;

const old = await bundleOf("1.0.0");
const update = updateOf("1.1.0", await bundleOf("1.1.0"));

const packed = (code: string | Buffer) => gzipSync(code).toString("base64");
/** An agent that refuses so much closes before all of it is written: what it says may be lost, and is asked for again. */
async function answerTo(send: () => Promise<AgentAnswer>): Promise<AgentAnswer> {
  for (;;) {
    const answer = await send().catch((error) => {
      if (!["EPIPE", "ECONNRESET"].includes(error.code)) throw error;
    });
    if (answer) return answer;
  }
}

t.test("what is not what the owner of the key has signed is refused, and changes nothing", async (t) => {
  const folder = await makeAgentFolder(t, { port: await findFreePort() });
  const host = await startAgentHost(t, folder, { versions: { "1.0.0": old } });
  const { manifest } = update;
  const renumbered = manifest.replace("1.1.0", "1.1.1");
  const tooMuch = "A".repeat(2 * MAX_COMPRESSED_BYTES);
  const { signature: ofAnother } = updateOf("1.1.0", BROKEN);
  const ofNoUpdate = sign(null, Buffer.from(manifest), SIGNING_KEY).toString("base64");
  const WRONG: [what: string, update: unknown, status: number, error: string][] = [
    ["another version", { ...update, manifest: renumbered }, 400, "invalid_signature"],
    ["a space more", { ...update, manifest: `${manifest} ` }, 400, "invalid_signature"],
    ["the signature of another", { ...update, signature: ofAnother }, 400, "invalid_signature"],
    ["another key", updateOf("1.1.0", BROKEN, OTHER_KEY), 400, "invalid_signature"],
    ["signed for something else", { ...update, signature: ofNoUpdate }, 400, "invalid_signature"],
    ["no signature", { manifest, code: update.code }, 400, "FST_ERR_VALIDATION"],
    ["other code", { ...update, code: packed(BROKEN) }, 400, "damaged"],
    ["code cut short", { ...update, code: update.code.slice(0, 4_000) }, 400, "damaged"],
    ["code that is not compressed", { ...update, code: btoa(BROKEN) }, 400, "damaged"],
    ["code that grows", { ...update, code: packed(Buffer.alloc(64 * MEGABYTE)) }, 400, "damaged"],
    ["too much", { ...update, code: tooMuch }, 413, "FST_ERR_CTP_BODY_TOO_LARGE"],
    ["the same version", updateOf("1.0.0", BROKEN), 409, "not_newer"],
    ["an older one", updateOf("0.99.99", BROKEN), 409, "not_newer"],
    ["an older one that was damaged", { ...updateOf("0.9.9", BROKEN), code: packed("x") }, 400, "damaged"],
  ];
  for (const [what, wrong, status, error] of WRONG)
    t.match(await answerTo(() => sendUpdate(host, wrong)), { status, body: { error } }, what);
  t.equal((await sendUpdate(host, update, { authorization: null })).status, 401);
  t.equal((await sendUpdate(host, update, { authorization: "Bearer wrong" })).status, 401);
  t.same(host.versions(), ["1.0.0"]);
  t.equal(host.note("current"), "1.0.0");
  t.equal(host.note("previous"), null);
  t.same(host.ends(), []);
  t.equal((await callAgent(host.agent, "/v1/status")).status, 200);
});

t.test("nothing is taken while a command runs, logs are sent, or a command was cut short", async (t) => {
  const port = await findFreePort();
  const service = await makeSampleService(t, { port });
  await writeLongLog(service);
  const host = await startAgentHost(t, service, { versions: { "1.0.0": old } });
  const agent = { ...host.agent, close: async () => {} };
  const busy = { status: 409, body: { error: "busy" }, headers: { "retry-after": /^[1-9]\d*$/ } };
  const isBusy = async (what: string) => t.match(await sendUpdate(host, update), busy, what);

  const archive = await orderArchive(agent, [{ name: "long.log" }]);
  await isBusy("an archive");
  archive.destroy();

  await service.behave("hangs-at-start");
  writeFileSync(service.path("service-state.txt"), "stopped\n");
  await waitFor(async () => (await sendCommand(agent, "/v1/service-starts")).status === 202);
  await isBusy("a command");
  await waitFor(() => service.calls().includes("start"));
  host.kill();
  await waitFor(() => host.ready() === 2);
  await isBusy("a command that its end cut short");
  t.same(host.versions(), ["1.0.0"]);

  writeFileSync(service.path("service-state.txt"), "running since 2026-11-24T09:00:00.000Z\n");
  await waitFor(async () => (await sendUpdate(host, update)).status === 202);
  await waitFor(() => host.ready() === 3);
  t.equal(host.note("current"), "1.1.0");
});

t.test("once an update was taken nothing else begins: no other one, no command, no archive", async (t) => {
  const folder = makeFolder(t);
  const stateDirectory = makeFolder(t);
  const archives = createOpenArchives();
  let isResuming = true;
  const commands = [{ isResuming: async () => isResuming }];
  const updates = createUpdates({
    key: createPublicKey(SIGNING_KEY),
    installation: { folder, version: "0.1.0" },
    holdOff: () => holdOff({ stateDirectory, commands, archives }),
    log: Fastify().log,
  });
  const take = (update: AgentUpdate) =>
    updates.take(update).catch(({ refusal }: UpdateRefusedError): string => refusal);
  t.equal(await take(update), "busy");
  isResuming = false;
  t.same((await Promise.all([take(update), take(update)])).sort(), ["1.1.0", "busy"]);
  t.equal(await take(updateOf("1.2.0", BROKEN)), "busy");
  t.equal(await acquireLock("command", stateDirectory), null);
  t.notOk(archives.hasRoom());
  await updates.close();
  const release = await acquireLock("command", stateDirectory);
  t.ok(release);
  await release?.();
});

t.test("it can be replaced only where its host runs it from", async (t) => {
  const before = process.env.POSWATCH_HOST;
  t.teardown(() => {
    if (before === undefined) delete process.env.POSWATCH_HOST;
    else process.env.POSWATCH_HOST = before;
  });
  const program = join("/opt/poswatch", "versions", "1.0.0", "agent.cjs");
  t.equal(findInstallation(program), null);
  process.env.POSWATCH_HOST = "1";
  t.same(findInstallation(program), { folder: "/opt/poswatch", version: "1.0.0" });
  t.equal(findInstallation("/opt/poswatch/agent.cjs"), null);
  t.equal(findInstallation("/opt/poswatch/versions/1.0.0/main.ts"), null);
});
