import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { startAgent } from "../../src/agent/agent.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import {
  choosePort,
  chooseTarget,
  type Enrolment,
  readEnrolment,
  saveEnrolment,
} from "../../src/agent/enrolment/enrolment.ts";
import { createKnownMonitor } from "../../src/agent/enrolment/known-monitor.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { listeningAgent, makeAgentFolder, sendToAgent } from "../helpers/agent.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { makeDiallingAgent } from "../helpers/dialling-agent.ts";
import { startProgram } from "../helpers/program.ts";
import { makeMonitorKey, type ScriptedMonitor, startScriptedMonitor } from "../helpers/scripted-monitor.ts";
import { startSecureMonitor } from "../helpers/secure-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";

const OTHER_PIN = `sha256:${"0".repeat(64)}`;

/** An agent that the monitor has let in, unless `enrolment` is null, and that is not started yet. */
async function makeEnrolledAgent(
  t: Test,
  monitor: ScriptedMonitor,
  settings: Record<string, unknown> = {},
  enrolment: Partial<Enrolment> | null = {},
) {
  const folder = await makeAgentFolder(t, { port: undefined, dialOut: { proxy: "none" }, ...settings });
  const stateDirectory = join(folder.root, "state");
  const configFile = join(folder.root, "agent.json");
  const { posServerId, token } = await loadIdentity(stateDirectory);
  const { url, pin } = monitor;
  if (enrolment) {
    const letIn = { posServerId, monitor: url, pins: [pin], trustsAuthorities: false };
    await saveEnrolment(stateDirectory, { ...letIn, ...enrolment });
  }
  return {
    configFile,
    kept: () => readEnrolment(stateDirectory),
    async start() {
      const agent = await startAgent(await readAgentConfig(configFile), { logger: false, random: () => 0 });
      t.teardown(() => agent.close());
      return agent;
    },
    announce: (...pins: string[]) => monitor.call("PUT", "/v1/monitor-pins", token, { pins }),
  };
}

const connections = (monitor: ScriptedMonitor, count: number) =>
  waitFor(() => monitor.connected.length >= count);

/** Lets the monitor show a key and waits until the agent has tried and gone again. */
async function isRefusedWith(monitor: ScriptedMonitor, key: Parameters<ScriptedMonitor["showKey"]>[0]) {
  const { length } = monitor.connected;
  const before = monitor.attempts();
  monitor.showKey(key);
  await waitFor(() => monitor.attempts() > before && monitor.open() === 0);
  return monitor.connected.length === length;
}

t.test("a key that was announced is accepted, another is told nothing, nobody is stranded", async (t) => {
  const monitor = await startScriptedMonitor(t);
  const [next, stranger] = [await makeMonitorKey(), await makeMonitorKey()];
  const agent = await makeEnrolledAgent(t, monitor);
  await agent.start();
  await connections(monitor, 1);

  const both = { status: 200, body: { pins: [monitor.pin, next.pin] } };
  t.match(await agent.announce(monitor.pin, next.pin), both);
  t.same((await agent.kept())?.pins, [monitor.pin, next.pin]);
  monitor.showKey(await next.renew()); // another certificate of the same key
  await connections(monitor, 2);

  t.match(await agent.announce(next.pin), { status: 200 });
  t.same((await agent.kept())?.pins, [next.pin]);
  t.ok(await isRefusedWith(monitor, stranger), "nobody announced it");
  monitor.showKey(next);
  await connections(monitor, 3);
  t.ok(await isRefusedWith(monitor, monitor.first), "it is announced no longer");
  monitor.showKey(next);
  await connections(monitor, 4);
});

t.test("a real monitor that was started anew with the key that it had announced is found", async (t) => {
  const [present, next] = [await makeCertificate(), await makeCertificate()];
  const before = await startSecureMonitor(t, {}, { certificate: present, next });
  const { url, pin } = before;
  const agent = await makeDiallingAgent(t, before.monitor, { monitor: url, pins: [pin], proxy: "none" });
  await agent.start();
  const kept = () => readEnrolment(join(agent.folder.root, "state"));
  await waitFor(async () => (await kept())?.pins.length === 2);
  before.client.agents.forget(agent.id); // who is told that the monitor starts anew takes its time
  await before.monitor.app.close();

  const { dataDir } = before.monitor;
  const port = Number(new URL(url).port);
  const after = await startSecureMonitor(t, { dataDir }, { certificate: next, port });
  await waitFor(() => after.client.agents.find(agent.id) !== null);
  t.match(await after.monitor.app.pollNow(agent.id), { ok: true });
  await waitFor(async () => (await kept())?.pins.length === 1);
  t.same((await kept())?.pins, [after.pin]);
});

t.test("keys count over the agent's own connection alone, and not without the key of that", async (t) => {
  const monitor = await startScriptedMonitor(t);
  const agent = await makeEnrolledAgent(t, monitor, { port: 0 });
  const before = await agent.kept();
  const listening = listeningAgent(await agent.start());
  await connections(monitor, 1);
  t.match(await agent.announce(OTHER_PIN), { status: 409, body: { error: "other_key" } });
  for (const pins of [[], ["sha256:ab"], Array.from({ length: 9 }, () => monitor.pin)])
    t.match(await agent.announce(...pins), { status: 400 });
  for (const pins of [[monitor.pin, OTHER_PIN], "no list"]) {
    const put = (call = {}) =>
      sendToAgent(listening, "/v1/monitor-pins", { pins }, { method: "PUT", ...call });
    const answer = await put();
    t.match(answer, { status: 404, body: { error: "not_found", message: "No such call." } });
    const stranger = await put({ authorization: null });
    t.equal(stranger.status, 401);
  }
  t.same(await agent.kept(), before);
});

t.test("keys of the configuration stay beside those that are announced", async (t) => {
  const monitor = await startScriptedMonitor(t);
  const next = await makeMonitorKey();
  const dialOut = { monitor: monitor.url, pins: [monitor.pin], proxy: "none" };
  const agent = await makeEnrolledAgent(t, monitor, { dialOut }, null);
  const configured = await readFile(agent.configFile, "utf8");
  await agent.start();
  await connections(monitor, 1);
  t.match(await agent.announce(monitor.pin, next.pin), { status: 200 });
  t.match(await agent.kept(), { monitor: monitor.url, pins: [monitor.pin, next.pin] });
  monitor.showKey(next);
  await connections(monitor, 2);
  t.match(await agent.announce(next.pin), { status: 200 });
  monitor.showKey(monitor.first);
  await connections(monitor, 3);
  t.equal(await readFile(agent.configFile, "utf8"), configured);
});

t.test("whom the system's authorities vouch for may announce keys besides", async (t) => {
  const monitor = await startScriptedMonitor(t);
  const [next, stranger] = [await makeMonitorKey(), await makeMonitorKey()];
  const agent = await makeEnrolledAgent(t, monitor, {}, { pins: [], trustsAuthorities: true });
  const authority = join(t.testdir(), "authority.pem");
  await writeFile(authority, monitor.first.cert);
  startProgram(t, "src/agent/main.ts", {
    args: ["--config", agent.configFile],
    env: { NODE_EXTRA_CA_CERTS: authority },
  });
  await connections(monitor, 1);
  t.match(await agent.announce(monitor.pin, next.pin), { status: 200 });
  monitor.showKey(next);
  await connections(monitor, 2);
  t.match(await agent.announce(next.pin), { status: 200 });
  t.ok(await isRefusedWith(monitor, stranger));
  monitor.showKey(monitor.first);
  await connections(monitor, 3);
});

t.test("keys of a code count for its monitor, and whoever names keys wants no authority", async (t) => {
  const [here, elsewhere] = ["https://poswatch.example", "https://other.example"];
  const [own, ofCode] = ["sha256:own", "sha256:code"];
  const chosen = (
    configured: { monitor: string | null; pins?: string[] } | null,
    letIn: Partial<Enrolment> | null,
  ) => {
    const dialOut = configured && { pins: [], proxy: null, ...configured };
    const enrolment = { posServerId: "", monitor: here, pins: [], trustsAuthorities: false, ...letIn };
    const target = chooseTarget({ dialOut }, letIn && enrolment);
    return target && [target.monitor, target.pins, target.trustsAuthorities];
  };
  const [pinned, vouchedFor] = [{ pins: [ofCode] }, { trustsAuthorities: true }];
  t.equal(chosen(null, null), null);
  t.equal(chosen({ monitor: null }, null), null);
  for (const configured of [null, { monitor: null }, { monitor: here }]) {
    t.same(chosen(configured, pinned), [here, [ofCode], false]);
    t.same(chosen(configured, vouchedFor), [here, [], true]);
  }
  t.same(chosen({ monitor: here }, null), [here, [], true]);
  t.same(chosen({ monitor: here, pins: [own] }, null), [here, [own], false]);
  t.same(chosen({ monitor: here, pins: [own] }, pinned), [here, [own, ofCode], false]);
  t.same(chosen({ monitor: here, pins: [own] }, vouchedFor), [here, [own], false]);
  t.same(chosen({ monitor: elsewhere }, pinned), [elsewhere, [], true]);
  t.same(chosen({ monitor: elsewhere, pins: [own] }, pinned), [elsewhere, [own], false]);
  t.same(chosen({ monitor: elsewhere, pins: [own] }, vouchedFor), [elsewhere, [own], false]);
});

t.test("where there is no TLS, or another monitor by now, no keys are taken", async (t) => {
  const monitor = await startScriptedMonitor(t);
  const { url, pin } = monitor;
  const stateDirectory = t.testdir();
  const posServerId = "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c2";
  const enrolment = { posServerId, monitor: url, pins: [pin], trustsAuthorities: false };
  await saveEnrolment(stateDirectory, enrolment);
  const known = createKnownMonitor({ stateDirectory, dialOut: null }, posServerId, { set: () => {} });
  t.equal(await known.takePins([pin], { monitor: url, pin: null }), "other_key");
  const again = await known.takePins([pin], { monitor: url, pin });
  t.equal(again, "unchanged", "it announces them to whoever connects");
  t.equal(await known.takePins([pin], { monitor: "https://poswatch.former", pin }), "moved");
  t.same(await readEnrolment(stateDirectory), enrolment);

  const problems: (string | null)[] = [];
  const log = { set: (_subject: string, problem: string | null) => void problems.push(problem) };
  const reading = createKnownMonitor({ stateDirectory, dialOut: null }, posServerId, log);
  t.match(await reading.target(), { monitor: url });
  await writeFile(join(stateDirectory, "monitor.json"), "{");
  t.match(await reading.target(), { monitor: url }, "what cannot be read for a moment is as it was");
  t.match(problems, [null, /damaged/]);
});

t.test("it listens where a port is named, or where nothing says that it dials out", async (t) => {
  const dialOut = { monitor: null, pins: [], proxy: "none" };
  const alone = { enrolment: null, asks: null };
  const enrolment = { posServerId: "", monitor: "https://x", pins: [], trustsAuthorities: true };
  t.equal(choosePort({ port: null, dialOut: null }, alone), 8443);
  t.equal(choosePort({ port: null, dialOut: null }, alone, true), null, "as a service it needs a name");
  t.equal(choosePort({ port: 9000, dialOut: null }, alone, true), 9000);
  t.equal(choosePort({ port: null, dialOut }, alone), null);
  t.equal(choosePort({ port: null, dialOut: null }, { ...alone, enrolment }), null);
  t.equal(choosePort({ port: null, dialOut: null }, { ...alone, asks: { monitor: "https://x" } }), null);
  t.equal(choosePort({ port: 9000, dialOut }, { enrolment, asks: { problem: "damaged" } }), 9000);
});
