import { createPublicKey } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { bundleAgent } from "../../src/packaging/bundle-agent.ts";
import { updateKeyId } from "../../src/protocol/agent-update.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { callAgent, makeAgentFolder } from "../helpers/agent.ts";
import { sendCommand } from "../helpers/agent-commands.ts";
import { type AgentHost, type AgentHostOptions, startAgentHost } from "../helpers/agent-host.ts";
import { askAgent, bundleOf, SIGNING_KEY, sendUpdate, updateOf } from "../helpers/agent-updates.ts";
import { makeFolder } from "../helpers/folder.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { startScriptedMonitor } from "../helpers/scripted-monitor.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";
import { waitFor } from "../helpers/wait-for.ts";

const KEY = updateKeyId(createPublicKey(SIGNING_KEY));
const BROKEN = "process.exit(3);";

const [old, later] = await Promise.all([bundleOf("1.0.0"), bundleOf("1.1.0")]);
const update = updateOf("1.1.0", later);

async function startHost(t: Test, options: Partial<AgentHostOptions> = {}) {
  const folder = await makeAgentFolder(t, { port: await findFreePort() });
  return await startAgentHost(t, folder, { versions: { "1.0.0": old }, ...options });
}

t.test("an update is run at once, and versions that nobody goes back to are removed", async (t) => {
  const host = await startHost(t, { versions: { "1.0.0": old, "0.9.0": BROKEN, "0.8.0": BROKEN } });
  host.write("previous", "0.9.0");
  t.equal((await callAgent(host.agent, "/v1/status", { authorization: "Bearer wrong" })).status, 401);
  t.equal((await sendUpdate(host, { ...update, signature: "" })).status, 400);
  t.equal(host.note("confirmed"), null, "nobody had a report of it yet");
  host.write("current", "");
  t.match(await askAgent(host), { version: "1.0.0", updates: { key: KEY, rejected: null } });
  await waitFor(() => host.versions().length === 2);
  t.same(host.versions(), ["0.9.0", "1.0.0"]);
  t.equal(host.note("confirmed"), "1.0.0");
  t.equal(host.note("current"), "1.0.0", "what a power failure has emptied is written again");

  t.match(await sendUpdate(host, update), { status: 202, body: { version: "1.1.0" } });
  await waitFor(() => host.ready() === 2);
  t.same(host.ends(), ["1.0.0 75"]);
  t.ok(readFileSync(host.programOf("1.1.0")).equals(later));
  t.equal(host.note("current"), "1.1.0");
  t.equal(host.note("previous"), "1.0.0");
  t.equal(host.note("confirmed"), "1.0.0");
  t.equal(host.note("trial"), "1.1.0", "it has to serve in time");
  t.match(await askAgent(host), { version: "1.1.0", updates: { key: KEY, rejected: null } });
  await waitFor(() => host.versions().length === 2);
  t.same(host.versions(), ["1.0.0", "1.1.0"]);
  t.equal(host.note("confirmed"), "1.1.0");
  t.equal(host.note("trial"), null);
  t.same(host.ends(), ["1.0.0 75"], "and it runs on");
});

t.test("a version that does not start is left again, is told of, and is not taken once more", async (t) => {
  const host = await startHost(t);
  const broken = updateOf("1.2.0", BROKEN);
  t.match(await sendUpdate(host, broken), { status: 202, body: { version: "1.2.0" } });
  await waitFor(() => host.ready() === 2);
  t.same(host.ends(), ["1.0.0 75", "1.2.0 3", "1.2.0 3", "1.2.0 3"]);
  t.match(await askAgent(host), { version: "1.0.0", updates: { key: KEY, rejected: "1.2.0" } });
  await waitFor(() => host.versions().length === 1);
  t.match(await sendUpdate(host, broken), { status: 409, body: { error: "rejected" } });

  t.equal((await sendUpdate(host, update)).status, 202);
  await waitFor(() => host.ready() === 3);
  t.match(await askAgent(host), { version: "1.1.0", updates: { rejected: "1.2.0" } });
  host.write("rejected", "1.0.9");
  await waitFor(async () => /"rejected":null/.test(JSON.stringify(await askAgent(host))));
});

t.test("the monitor that an agent dials hears that an update was taken before the agent ends", async (t) => {
  const monitor = await startScriptedMonitor(t);
  const dialOut = { monitor: monitor.url, pins: [monitor.pin], proxy: "none" };
  const folder = await makeAgentFolder(t, { port: await findFreePort(), dialOut });
  const host = await startAgentHost(t, folder, { versions: { "1.0.0": old } });
  await waitFor(() => monitor.connected.length === 1);
  const { authorization = "" } = monitor.connected[0] ?? {};
  const token = authorization.replace("Bearer ", "");
  const call = async () => await monitor.call("POST", "/v1/agent-updates", token, update);
  t.same(await call(), { status: 202, body: { version: "1.1.0" } });
  await waitFor(() => monitor.connected.length === 2);
  const report = await monitor.call("GET", "/v1/status", token);
  t.match(report, { status: 200, body: { agent: { version: "1.1.0" } } });
  await waitFor(() => host.note("confirmed") === "1.1.0");
});

t.test("an update is run though nobody waits for its answer", async (t) => {
  const host = await startHost(t);
  const { agent } = host;
  const outgoing = request(`${agent.address}/v1/agent-updates`, {
    method: "POST",
    rejectUnauthorized: false,
    headers: {
      authorization: `Bearer ${parsePairingString(agent.pairingString)?.token}`,
      "content-type": "application/json",
    },
  });
  outgoing.on("error", () => {});
  outgoing.end(JSON.stringify(update));
  await waitFor(() => host.versions().length === 2);
  outgoing.destroy();
  await waitFor(() => host.ready() === 2);
  t.same(host.ends(), ["1.0.0 75"]);
  t.match(await askAgent(host), { version: "1.1.0" });
});

t.test("without a host nothing replaces an agent", async (t) => {
  const host = await startHost(t);
  const { agent, folder } = host;
  const other = await makeAgentFolder(t, { port: await findFreePort() });
  const args = ["--config", join(other.root, "agent.json")];
  const alone = startProgram(t, host.programOf("1.0.0"), { args });
  await waitFor(() => alone.output().includes("agent is ready"));
  const identity = JSON.parse(readFileSync(join(other.root, "state/identity.json"), "utf8"));
  const address = `https://127.0.0.1:${other.config.port}`;
  const call = { authorization: `Bearer ${identity.token}` };
  const itself = { agent: { ...agent, address } };
  t.match(await callAgent(itself.agent, "/v1/status", call), { body: { agent: { updates: null } } });
  t.match(await sendUpdate(itself, update, call), { status: 409, body: { error: "not_updatable" } });
  t.equal(host.note("confirmed"), null);
  t.same(host.versions(), ["1.0.0"], folder);
});

t.test("an agent that was built without a key takes no updates, and tells that it works", async (t) => {
  const { code } = await bundleAgent({ version: "1.0.0" });
  const host = await startHost(t, { versions: { "1.0.0": code } });
  t.match(await askAgent(host), { version: "1.0.0", updates: null });
  t.match(await sendUpdate(host, update), { status: 409, body: { error: "not_updatable" } });
  await waitFor(() => host.note("confirmed") === "1.0.0");
});

t.test("a host that cannot be told that a version works is logged once, and told when it can", async (t) => {
  const folder = makeFolder(t);
  const confirmed = join(folder, "confirmed.txt");
  mkdirSync(confirmed);
  const host = await startHost(t, { folder });
  for (let time = 0; time < 3; time += 1) t.match(await askAgent(host), { version: "1.0.0" });
  await waitFor(() => host.output().includes("cannot be told"));
  t.equal(host.output().split("cannot be told").length, 2);
  rmdirSync(confirmed);
  await waitFor(async () => (await askAgent(host)) !== null && host.note("confirmed") === "1.0.0");
});

/** Asserts that an update cannot be written, for that reason, and has left nothing. */
async function failToUpdate(t: Test, host: AgentHost, reason: RegExp): Promise<void> {
  const before = { previous: host.note("previous"), files: readdirSync(host.folder) };
  t.match(await sendUpdate(host, update), { status: 500, body: { error: "not_written", message: reason } });
  t.equal(host.note("current"), "1.0.0");
  t.same({ previous: host.note("previous"), files: readdirSync(host.folder) }, before);
  t.same(host.ends(), []);
}

async function succeedToUpdate(t: Test, host: AgentHost): Promise<void> {
  const before = host.ready();
  t.match(await sendUpdate(host, update), { status: 202 });
  await waitFor(() => host.ready() === before + 1);
  t.match(await askAgent(host), { version: "1.1.0" });
}

t.test("where the new version cannot be put the old one goes on, and takes it later", async (t) => {
  const host = await startHost(t);
  host.write("previous", "0.9.0");
  writeFileSync(dirname(host.programOf("1.1.0")), "a file");
  await failToUpdate(t, host, /EEXIST|ENOTDIR/);
  t.same(host.versions(), ["1.0.0"], "what is in the way goes too");
  mkdirSync(host.programOf("1.1.0"), { recursive: true });
  await failToUpdate(t, host, /EISDIR/);
  t.same(host.versions(), ["1.0.0"]);
  const command = await sendCommand({ ...host.agent, close: async () => {} }, "/v1/service-starts");
  t.equal(command.status, 202, "and nothing is held off");
  await waitFor(async () => (await sendUpdate(host, update)).status === 202);
});

for (const failing of ["trial.txt", "previous.txt", "current.txt"]) {
  t.test(`${failing} that cannot be replaced leaves the version as it was`, async (t) => {
    const host = await startHost(t, { faults: { failRenameOf: failing } });
    host.write("previous", "0.9.0");
    await failToUpdate(t, host, /EBUSY/);
    t.same(host.versions(), ["1.0.0"]);
    host.kill();
    await waitFor(() => host.ready() === 2);
    await succeedToUpdate(t, host);
    t.equal(host.note("previous"), "1.0.0");
  });
}

t.test("what its host notes cannot be read: nothing is guessed", async (t) => {
  const host = await startHost(t);
  mkdirSync(`${host.folder}/rejected.txt`);
  await failToUpdate(t, host, /EISDIR/);
  t.match(await askAgent(host), { version: "1.0.0", updates: null });
  rmdirSync(`${host.folder}/rejected.txt`);
  await succeedToUpdate(t, host);
});

const skip = process.getuid?.() !== 0 && "only root may mount";

t.test("a full disk keeps the version as it is", { skip }, async (t) => {
  const disk = mountSmallDisk(t, 8);
  const host = await startHost(t, { folder: disk.folder });
  disk.fill();
  await failToUpdate(t, host, /ENOSPC/);
  t.same(host.versions(), ["1.0.0"]);
  disk.free();
  await succeedToUpdate(t, host);
});

/** The renames of an update, and what is current after each of them. */
const STEPS = ["1.0.0", "1.0.0", "1.0.0", "1.1.0"];

for (const [step, current] of STEPS.entries()) {
  t.test(`killed after rename ${step + 1} it runs a whole version`, async (t) => {
    const host = await startHost(t, { faults: { killAfterRename: step + 1 } });
    await t.rejects(sendUpdate(host, update));
    await waitFor(() => host.ready() === 2);
    t.same(host.ends(), ["1.0.0 null"]);
    t.equal(host.note("current"), current);
    t.ok(readFileSync(host.programOf(current)).equals(current === "1.0.0" ? old : later));
    t.match(await askAgent(host), { version: current });
    if (current === "1.0.0") await succeedToUpdate(t, host);
    await waitFor(() => host.note("confirmed") === "1.1.0");
    t.same(host.versions(), ["1.0.0", "1.1.0"]);
    t.equal(host.note("previous"), "1.0.0");
  });
}
