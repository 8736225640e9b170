import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import t, { type Test } from "tap";
import { makeAgentFolder } from "../helpers/agent.ts";
import { sendCommand } from "../helpers/agent-commands.ts";
import { type AgentHost, type AgentHostOptions, startAgentHost } from "../helpers/agent-host.ts";
import { askAgent, bundleOf, sendUpdate, updateOf } from "../helpers/agent-updates.ts";
import { findFreePort } from "../helpers/program.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";
import { waitFor } from "../helpers/wait-for.ts";

const [old, later] = await Promise.all([bundleOf("1.0.0"), bundleOf("1.1.0")]);
const update = updateOf("1.1.0", later);

async function startHost(t: Test, options: Partial<AgentHostOptions> = {}) {
  const folder = await makeAgentFolder(t, { port: await findFreePort() });
  return await startAgentHost(t, folder, { versions: { "1.0.0": old }, ...options });
}

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
