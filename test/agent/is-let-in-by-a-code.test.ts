import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { enroll } from "../../src/agent/command-line/enroll.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { describeMachine } from "../../src/agent/machine/machine-id.ts";
import { ENROLMENT_REFUSALS, formatEnrolmentCode } from "../../src/protocol/enrolment.ts";
import type { AgentFolder } from "../helpers/agent.ts";
import { listenProxy } from "../helpers/http-proxy.ts";
import { listen } from "../helpers/listen.ts";
import {
  CODE_SECRET,
  LET_IN,
  makeDiallingFolder,
  runAgent,
  startScriptedMonitor,
  startWithFolder,
} from "../helpers/scripted-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";

const DONE = "Poswatch принял этот POS-сервер.\n  Организация: ООО «Вкусный дом»\n  Название: Тверская, 1";
const OTHER_PIN = `sha256:${"0".repeat(64)}`;

const monitorFile = (folder: AgentFolder) => join(folder.root, "state", "monitor.json");
const kept = async (folder: AgentFolder) => JSON.parse(await readFile(monitorFile(folder), "utf8"));

/** Runs the command in this process. */
async function enrollHere(folder: AgentFolder, code: string, signal = new AbortController().signal) {
  const lines: string[] = [];
  const config = await readAgentConfig(join(folder.root, "agent.json"));
  const isLetIn = await enroll(
    config,
    { configFile: "agent.json", pasted: code },
    (line) => lines.push(line),
    signal,
  );
  return { isLetIn, lines };
}

async function tellsNoSecret(t: Test, folder: AgentFolder, ...programs: { output(): string }[]) {
  const { token, privateKey } = await loadIdentity(join(folder.root, "state"));
  for (const secret of [token, privateKey, CODE_SECRET])
    for (const { output } of programs) t.notOk(output().includes(secret));
}

t.test("an agent that runs dials out as soon as it is let in", async (t) => {
  const monitor = await startScriptedMonitor(t, { path: "/poswatch" });
  monitor.answers.push(LET_IN);
  const folder = await makeDiallingFolder(t, { dialOut: { proxy: "none" } });
  const agent = runAgent(t, folder);
  await waitFor(() => agent.output().includes("agent is ready"));
  t.match(agent.output(), '"address":null', "it does not listen");

  const code = monitor.code();
  const pasted = `${code.slice(0, 30)}\n ${code.slice(30)}`;
  const enrolling = runAgent(t, folder, ["enroll", "--code", pasted]);
  t.equal(await enrolling.ended, 0, enrolling.output());
  t.match(enrolling.output(), DONE);
  const { posServerId, token, fingerprint } = await loadIdentity(join(folder.root, "state"));
  const facts = { host: hostname(), crmId: "100237", version: "34.2.117.0", machine: describeMachine() };
  t.same(monitor.orders, [{ code: CODE_SECRET, posServerId, token, fingerprint, ...facts }]);
  const letInBy = { monitor: monitor.url, pins: [monitor.pin], trustsAuthorities: false };
  t.same(await kept(folder), { posServerId, ...letInBy });
  t.equal((await stat(monitorFile(folder))).mode & 0o777, 0o600);

  await waitFor(() => monitor.connected.length === 1);
  t.match(monitor.connected[0], { authorization: `Bearer ${token}`, "x-pos-server-id": posServerId });
  t.match(await monitor.call("GET", "/v1/status", token), { status: 200, body: { posServerId } });
  await waitFor(() => agent.output().includes("connected to the monitor"));

  const check = runAgent(t, folder, ["--check"]);
  await check.ended;
  t.match(check.output(), `подключён кодом к ${monitor.url}\n`);
  t.match(check.output(), `${monitor.url} отвечает, и это тот самый Poswatch`);
  const pairing = runAgent(t, folder, ["pairing"]);
  t.equal(await pairing.ended, 1);
  t.match(pairing.output(), "/port: не указан");
  t.equal(await agent.end(), 0);
  await tellsNoSecret(t, folder, agent, enrolling, check);
});

t.test("each refusal is a sentence that says what to do, and nothing is kept", async (t) => {
  const { monitor, folder } = await startWithFolder(t);
  const said = new Set<string>();
  const final = ENROLMENT_REFUSALS.filter((error) => error !== "too_many");
  for (const error of final) {
    monitor.answerAll({ status: 409, body: { error, message: "in English" } });
    const { isLetIn, lines } = await enrollHere(folder, monitor.code());
    t.notOk(isLetIn);
    t.equal(lines.length, 1, error);
    t.match(lines[0], /(Возьмите|Узнайте|удалите|Повторите|попросите|Обновите)/, error);
    said.add(lines[0] ?? "");
  }
  t.equal(said.size, final.length);

  for (const [status, body, sentence] of [
    [
      403,
      { error: "tls_required", message: "Agents connect over TLS." },
      /^Poswatch считает это соединение незащищённым/,
    ],
    [
      400,
      { error: "invalid_order", message: "/host must not \u001b[2J" },
      /не принял сведения об этом компьютере \(\/host must not ␛\[2J\)/,
    ],
    [404, "<h1>nginx</h1>", /Это не ответ Poswatch \(HTTP 404\)/],
    [200, LET_IN.body, /Это не ответ Poswatch \(HTTP 200\)/],
    [201, { organization: {} }, /Это не ответ Poswatch \(HTTP 201\)/],
    [201, `"${"x".repeat(200_000)}"`, /Это не ответ Poswatch \(HTTP 201\)/],
    [202, { retryAfterSeconds: 0 }, /Это не ответ Poswatch \(HTTP 202\)/],
    [503, "", /Сервер отвечает ошибкой \(HTTP 503\), .* обратитесь к его администратору/],
  ] as const) {
    monitor.answerAll({ status, body });
    t.match((await enrollHere(folder, monitor.code())).lines, [sentence]);
  }
  await t.rejects(stat(monitorFile(folder)), { code: "ENOENT" });
});

t.test("what is no code is not sent anywhere", async (t) => {
  const { monitor, folder } = await startWithFolder(t);
  const plain = formatEnrolmentCode({ monitor: "http://poswatch.example", pins: [], secret: CODE_SECRET });
  for (const code of ["", "привет", monitor.code().slice(0, -20), "A".repeat(3_000), plain])
    t.match((await enrollHere(folder, code)).lines, [/^Это не код подключения/], code);
  t.same(monitor.orders, []);

  for (const args of [["enroll"], ["enroll", monitor.code()], ["pairing", "--code", monitor.code()]]) {
    const { ended, output } = runAgent(t, folder, args);
    t.equal(await ended, 2);
    t.notOk(output().includes(monitor.code()), "a code that stands at the wrong place is not repeated");
  }
});

t.test("code and token are told to nobody but the monitor of the code", async (t) => {
  const { monitor, folder } = await startWithFolder(t, LET_IN);
  const refused = async (code: string, reason: RegExp) => {
    const { isLetIn, lines } = await enrollHere(folder, code);
    t.notOk(isLetIn);
    t.equal(lines.length, 1);
    t.match(lines[0], reason);
  };
  await refused(monitor.code([OTHER_PIN]), /У сервера другой ключ \(sha256:.*возьмите новый код/);
  await refused(monitor.code([]), /не доверяет: сертификат самоподписанный \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  t.same(monitor.orders, []);
  t.equal(monitor.attempts(), 2);

  t.ok((await enrollHere(folder, monitor.code([OTHER_PIN, monitor.pin]))).isLetIn);
});

t.test("the command ends when it is told to, whatever the monitor does", async (t) => {
  const silent = await listen(t, createServer());
  const monitor = `http://127.0.0.1:${silent}`;
  const code = formatEnrolmentCode({ monitor, pins: [], secret: CODE_SECRET });
  const stopping = new AbortController();
  const asking = enrollHere(await makeDiallingFolder(t), code, stopping.signal);
  stopping.abort();
  t.match(await asking, { isLetIn: false, lines: [/^Команда прервана раньше, чем Poswatch ответил/] });
});

t.test("a proxy lets through to the monitor, or is told nothing", async (t) => {
  const monitor = await startScriptedMonitor(t);
  monitor.answers.push(LET_IN);
  const proxy = await listenProxy(t, "login:secret-of-proxy");
  const address = (password: string, port = proxy.port) => `http://login:${password}@127.0.0.1:${port}`;
  const withProxy = (password: string) => makeDiallingFolder(t, { dialOut: { proxy: address(password) } });
  const wrong = await enrollHere(await withProxy("wrong-password"), monitor.code());
  t.match(wrong.lines, [/Прокси не пропускает: логин или пароль не подходят \(HTTP 407\)/]);
  t.notMatch(wrong.lines.join(), "wrong-password");
  t.same(monitor.orders, []);

  const folder = await withProxy("secret-of-proxy");
  t.ok((await enrollHere(folder, monitor.code())).isLetIn);
  const agent = runAgent(t, folder);
  await waitFor(() => monitor.connected.length === 1);
  t.equal(proxy.asked.length, 3, "by way of the proxy, each time");
  t.notMatch(agent.output(), "secret-of-proxy");

  // One that opens TLS has a key of its own.
  const opening = await startScriptedMonitor(t);
  opening.answers.push(LET_IN);
  const between = await listenProxy(t, "login:secret-of-proxy", opening.port);
  const environment = { HTTPS_PROXY: address("secret-of-proxy", between.port), NO_PROXY: "", no_proxy: "" };
  const other = runAgent(t, await makeDiallingFolder(t), ["enroll", "--code", monitor.code()], environment);
  t.equal(await other.ended, 1);
  t.match(other.output(), /У сервера другой ключ/);
  t.equal(opening.attempts(), 1);
  t.same(opening.orders, []);
});

t.test("the configuration's own monitor is dialled, and the command says so", async (t) => {
  const [own, other] = [await startScriptedMonitor(t), await startScriptedMonitor(t)];
  other.answers.push(LET_IN);
  const folder = await makeDiallingFolder(t, {
    dialOut: { monitor: own.url, pins: [own.pin], proxy: "none" },
  });
  const { isLetIn, lines } = await enrollHere(folder, other.code());
  t.ok(isLetIn);
  t.match(lines, [DONE, `а к ${own.url}: этот адрес указан в его настройках (dialOut.monitor)`]);
  runAgent(t, folder);
  await waitFor(() => own.connected.length === 1);
  t.same(other.connected, []);
});

t.test("on a machine that the disk was copied to, nobody was let in", async (t) => {
  const monitor = await startScriptedMonitor(t);
  monitor.answers.push(LET_IN);
  const folder = await makeDiallingFolder(t, { dialOut: { proxy: "none" } });
  t.ok((await enrollHere(folder, monitor.code())).isLetIn);
  const identityFile = join(folder.root, "state", "identity.json");
  const identity = JSON.parse(await readFile(identityFile, "utf8"));
  await writeFile(identityFile, JSON.stringify({ ...identity, machineIdHash: "of another machine" }));

  const check = runAgent(t, folder, ["--check"]);
  await check.ended;
  t.match(check.output(), `ВНИМАНИЕ: код для ${monitor.url} вводили на другом компьютере`);
  const agent = runAgent(t, folder);
  await waitFor(() => agent.output().includes("agent is ready"));
  t.match(agent.output(), '"reason":"machine_changed"');
  t.match(agent.output(), "the monitor has let in another identity than this one: enroll it anew");

  t.ok((await enrollHere(folder, monitor.code())).isLetIn);
  await waitFor(() => monitor.connected.length > 0);
  t.not(monitor.connected[0]?.["x-pos-server-id"], identity.posServerId);
  t.equal(monitor.connected.length, 1, "the copy has never dialled as the one that it was copied from");
});

t.test("a state folder that cannot be used is told with what to do, nothing in it is lost", async (t) => {
  const { monitor, folder } = await startWithFolder(t, LET_IN);
  const state = join(folder.root, "state");
  await writeFile(state, "no folder");
  t.match(await enrollHere(folder, monitor.code()), {
    isLetIn: false,
    lines: [/identity\.json \(.*\)\. Выполните команду под той учётной записью/],
  });
  await rm(state);
  await mkdir(state);
  await writeFile(join(state, "identity.json"), "{");
  t.match(await enrollHere(folder, monitor.code()), {
    isLetIn: false,
    lines: [/identity\.json повреждён\. /],
  });
  t.same(monitor.orders, []);

  await rm(join(state, "identity.json"));
  t.ok((await enrollHere(folder, monitor.code())).isLetIn);
  await writeFile(monitorFile(folder), "{");
  const agent = runAgent(t, folder);
  t.equal(await agent.ended, 1);
  t.match(agent.output(), /monitor\.json is damaged\. Delete it and enroll the agent again/);
  t.ok((await enrollHere(folder, monitor.code())).isLetIn, "enrolled again it is as before");
});
