import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { formatEnrolmentCode } from "../../src/protocol/enrolment.ts";
import type { AgentFolder } from "../helpers/agent.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";
import {
  AWAITED,
  CODE_SECRET,
  LET_IN,
  makeDiallingFolder,
  runAgent,
  startScriptedMonitor,
  startWithFolder,
} from "../helpers/scripted-monitor.ts";
import { waitFor } from "../helpers/wait-for.ts";

const refusal = (error: string, status = 403) => ({ status, body: { error, message: "No." } });

const stateFile = (folder: AgentFolder, name: string) => join(folder.root, "state", name);
const monitorOf = async (folder: AgentFolder) =>
  JSON.parse(await readFile(stateFile(folder, "monitor.json"), "utf8")).monitor;
const hasCode = (folder: AgentFolder) =>
  stat(stateFile(folder, "enrolment-code.json")).then(
    () => true,
    () => false,
  );

async function enrollAndLeave(t: Test, folder: AgentFolder, code: string) {
  const { ended, output } = runAgent(t, folder, ["enroll", "--code", code]);
  return { exitCode: await ended, output: output() };
}

/** Enrolls an agent whose administrator takes a while. */
async function leaveAwaiting(t: Test) {
  const { monitor, folder } = await startWithFolder(t, AWAITED);
  const left = await enrollAndLeave(t, folder, monitor.code());
  t.equal(left.exitCode, 0);
  t.match(left.output, /^Заявка отправлена, .* После этого агент подключится сам\.\n/);
  t.equal((await stat(stateFile(folder, "enrolment-code.json"))).mode & 0o777, 0o600);
  return { monitor, folder };
}

t.test("the running agent asks until an administrator has confirmed it, and dials out", async (t) => {
  const { monitor, folder } = await leaveAwaiting(t);
  const check = runAgent(t, folder, ["--check"]);
  await check.ended;
  t.match(check.output(), `агент просит ${monitor.url} подключить его`);

  const agent = runAgent(t, folder);
  await waitFor(() => monitor.orders.length >= 3);
  t.match(agent.output(), '"address":null', "it does not listen meanwhile");
  await agent.end("SIGKILL");

  const next = runAgent(t, folder);
  monitor.answers.push(LET_IN);
  await waitFor(() => monitor.connected.length === 1);
  const { posServerId, token } = await loadIdentity(join(folder.root, "state"));
  for (const order of monitor.orders)
    t.match(order, { code: CODE_SECRET, posServerId, token, crmId: "100237" });
  t.equal(await monitorOf(folder), monitor.url);
  await waitFor(async () => !(await hasCode(folder)));
  t.match(next.output(), "the monitor has let this agent in");
  for (const said of [agent.output(), next.output()]) {
    t.notOk(said.includes(token));
    t.notOk(said.includes(CODE_SECRET));
  }
  t.equal(agent.output().split("an administrator has to confirm it").length, 2, "which it says once");
});

t.test("a monitor that is not reached is asked by the running agent", async (t) => {
  const { monitor, folder } = await startWithFolder(t);
  const nowhere = { monitor: `https://127.0.0.1:${NOBODYS_PORT}`, pins: [monitor.pin], secret: CODE_SECRET };
  const left = await enrollAndLeave(t, folder, formatEnrolmentCode(nowhere));
  t.equal(left.exitCode, 0);
  t.match(left.output, /в соединении отказано \(.*ECONNREFUSED.*\)\. Проверьте.* Агент будет пробовать сам/);
  const agent = runAgent(t, folder);
  await waitFor(() => agent.output().includes("not let in yet; asking until there is an answer"));

  monitor.answers.push(LET_IN);
  t.match(await enrollAndLeave(t, folder, monitor.code()), { exitCode: 0, output: "Название: Тверская, 1" });
  t.notOk(await hasCode(folder), "another code has taken its place");
  await waitFor(() => monitor.connected.length === 1);
});

t.test("a refusal ends the asking", async (t) => {
  const { monitor, folder } = await leaveAwaiting(t);
  const agent = runAgent(t, folder);
  monitor.answers.push(refusal("too_many", 429), refusal("refused"));
  await waitFor(() => agent.output().includes("the monitor does not let this agent in"));
  await waitFor(async () => !(await hasCode(folder)));
  t.match(agent.output(), '"refusal":"refused"');
  t.notOk(await stat(stateFile(folder, "monitor.json")).catch(() => null));
  t.equal(await agent.end(), 0);
});

t.test("an installation that is repeated with a code that has ended changes nothing", async (t) => {
  const { monitor, folder } = await startWithFolder(t, refusal("ended_code"));
  t.match(await enrollAndLeave(t, folder, monitor.code()), { exitCode: 1, output: /^Срок кода истёк/ });
  t.notOk(await hasCode(folder));
  monitor.answerAll(LET_IN);
  t.equal((await enrollAndLeave(t, folder, monitor.code())).exitCode, 0);
  monitor.answerAll(refusal("ended_code"));
  t.match(await enrollAndLeave(t, folder, monitor.code()), {
    exitCode: 0,
    output: `агент уже подключён к ${monitor.url}: всё осталось как было.`,
  });
  monitor.answerAll(refusal("refused"));
  t.equal((await enrollAndLeave(t, folder, monitor.code())).exitCode, 1, "an administrator's word counts");
  const elsewhere = await startScriptedMonitor(t);
  elsewhere.answers.push(refusal("used_code"));
  t.equal((await enrollAndLeave(t, folder, elsewhere.code())).exitCode, 1);
  t.equal(await monitorOf(folder), monitor.url);
});

t.test("what does not pass by itself is left to nobody", async (t) => {
  const { monitor, folder } = await startWithFolder(t, AWAITED);
  const otherKey = await enrollAndLeave(t, folder, monitor.code([`sha256:${"0".repeat(64)}`]));
  t.match(otherKey, { exitCode: 1, output: "У сервера другой ключ" });
  t.notMatch(otherKey.output, "пробовать сам");
  monitor.answerAll({ status: 200, body: "<html>" });
  t.match(await enrollAndLeave(t, folder, monitor.code()), { exitCode: 1, output: "Это не ответ Poswatch" });
  t.notOk(await hasCode(folder));

  monitor.answerAll(refusal("too_many", 429));
  const later = await enrollAndLeave(t, folder, monitor.code());
  t.match(later, { exitCode: 0, output: "Агент будет пробовать сам" });
  t.ok(await hasCode(folder));
});

t.test("an answer that cannot be kept is asked for less and less often, and told once", async (t) => {
  const { monitor, folder } = await leaveAwaiting(t);
  const agent = runAgent(t, folder);
  await waitFor(() => agent.output().includes("an administrator has to confirm it"));
  await mkdir(join(stateFile(folder, "monitor.json"), "in the way"), { recursive: true });
  monitor.answers.push(LET_IN);
  await waitFor(() => agent.output().includes("EISDIR"));
  const asked = monitor.orders.length;
  await waitFor(() => monitor.orders.length > asked);
  t.equal(agent.output().split("not let in yet").length, 3, "the waiting, and then the reason");
  await rm(stateFile(folder, "monitor.json"), { recursive: true });
  await waitFor(() => agent.output().includes("the monitor has let this agent in"));
});

t.test("another code is asked with at once", async (t) => {
  const { monitor, folder } = await startWithFolder(t, { status: 202, body: { retryAfterSeconds: 3_000 } });
  t.equal((await enrollAndLeave(t, folder, monitor.code())).exitCode, 0);
  runAgent(t, folder);
  await waitFor(() => monitor.orders.length === 2);
  const other = await startScriptedMonitor(t);
  other.answers.push(AWAITED, LET_IN);
  const code = { monitor: other.url, pins: [other.pin], secret: "the-secret-of-another-code_0123" };
  t.equal((await enrollAndLeave(t, folder, formatEnrolmentCode(code))).exitCode, 0);
  await waitFor(() => other.connected.length === 1);
  t.equal(await monitorOf(folder), other.url);
});

t.test("a code that cannot be read is named, and the agent goes on", async (t) => {
  const folder = await makeDiallingFolder(t);
  await loadIdentity(join(folder.root, "state"));
  await writeFile(stateFile(folder, "enrolment-code.json"), "{");
  const agent = runAgent(t, folder);
  await waitFor(() => agent.output().includes("enrolment-code.json is damaged"));
  await waitFor(() => agent.output().includes("agent is ready"));
  t.match(agent.output(), '"address":null');
  const check = runAgent(t, folder, ["--check"]);
  await check.ended;
  t.match(check.output(), /код подключения не читается \(.*enrolment-code\.json.*\): введите новый/);
  t.equal(await agent.end(), 0);
});
