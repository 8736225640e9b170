import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { bundleAgent } from "../../src/agent/packaging/bundle-agent.ts";
import { NODE_VERSION } from "../../src/agent/packaging/windows-node.ts";
import { type AgentFolder, callAgent, makeAgentFolder } from "../helpers/agent.ts";
import { findFreePort } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const MOST_BYTES = 2 * 1024 * 1024;

const bundle = await bundleAgent();

function runBundle(t: Test, folder: AgentFolder, args: string[], env: NodeJS.ProcessEnv = {}) {
  const program = join(folder.root, "agent.cjs");
  writeFileSync(program, bundle.code);
  const configFile = join(folder.root, "agent.json");
  const child = spawn(process.execPath, [program, "--config", configFile, ...args], {
    cwd: folder.root,
    env: { ...process.env, ...env },
  });
  t.teardown(() => child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  return { child, output: () => output };
}

t.test("the agent in one file pairs, serves, and stops when its host closes its input", async (t) => {
  const folder = await makeAgentFolder(t, { port: await findFreePort() });
  const pairing = runBundle(t, folder, ["pairing"]);
  t.same(await once(pairing.child, "close"), [0, null], pairing.output());
  const agent = runBundle(t, folder, [], { POSWATCH_HOST: "1" });
  await waitFor(() => agent.output().includes("agent is ready"));
  const listening = {
    address: `https://127.0.0.1:${folder.config.port}`,
    pairingString: pairing.output().trim(),
  };
  t.match(await callAgent(listening, "/v1/status"), { status: 200 });
  const nothing = { attempted: [], failed: [], excluded: [] };
  for (const [succeeded, status] of [
    ["Cycle \\S+ closed", 200],
    ["(?:.?.?){1000}closed", 400],
  ] as const) {
    const answer = await callAgent(listening, "/v1/configuration", {
      method: "PUT",
      headers: { "content-type": "application/json" },
      content: JSON.stringify({ logs: { ...nothing, succeeded: [succeeded] } }),
    });
    t.equal(answer.status, status, "it compiles in a worker of the same file");
  }
  agent.child.stdin.end();
  t.same(await once(agent.child, "exit"), [0, null]);
});

t.test("it checks the machine and names what is wrong as the source does", async (t) => {
  const folder = await makeAgentFolder(t);
  const check = runBundle(t, folder, ["--check"]);
  await once(check.child, "close");
  t.match(check.output(), /Часы|Время/);
  writeFileSync(join(folder.root, "agent.json"), "{");
  const broken = runBundle(t, folder, []);
  t.same(await once(broken.child, "close"), [1, null]);
  t.match(broken.output(), "agent.json");
});

t.test("it names the commands that whoever runs it can give", async (t) => {
  const folder = await makeAgentFolder(t);
  const byItself = runBundle(t, folder, ["quarantine"]);
  t.same(await once(byItself.child, "close"), [2, null]);
  t.match(byItself.output(), /^Такой команды нет: quarantine\n\nЗапуск: node ".*agent\.cjs" --config ФАЙЛ/);
  const installed = runBundle(t, folder, ["quarantine"], { POSWATCH_HOST: "1" });
  t.same(await once(installed.child, "close"), [2, null]);
  t.match(installed.output(), /\nЗапуск: & ".*poswatch-agent\.exe" КОМАНДА\n/);
  t.notMatch(installed.output(), /--config|--check/);
});

t.test("its host starts it as npm does", (t) => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const flags = scripts.agent.match(/ --\S+/g).join("");
  t.match(flags, "--max-semi-space-size");
  const source = readFileSync("src/agent/windows-service/agent-process.c", "utf8");
  t.match(source, `#define FLAGS L"${flags.trim()}"`);
  t.end();
});

t.test("the node.exe of the package is the version that the agent is tried with", (t) => {
  t.equal(NODE_VERSION, process.versions.node);
  t.end();
});

t.test("it is small, made alike each time, and comes with the licenses of what is in it", async (t) => {
  t.ok(bundle.code.length < MOST_BYTES, `${bundle.code.length} bytes`);
  t.ok((await bundleAgent()).code.equals(bundle.code));
  for (const name of ["Node.js", "fastify", "re2js", "typebox", "ws", "yazl"])
    t.match(bundle.licenses, new RegExp(`^${name}$`, "m"));
  t.notMatch(bundle.licenses, /^undefined$/m);
});
