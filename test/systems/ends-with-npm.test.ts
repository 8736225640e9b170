import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { makeAgentFolder } from "../helpers/agent.ts";
import { makeFolder } from "../helpers/folder.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const NPM = process.env.npm_execpath;

/** Runs a script of package.json, and signals npm alone when it is ready, as a service manager may. @returns what was printed. */
async function signal(t: Test, args: string[], env: NodeJS.ProcessEnv, isReady: RegExp): Promise<string> {
  const npm = startProgram(t, NPM ?? "", { args, env });
  await waitFor(() => npm.child.exitCode !== null || isReady.test(npm.output()));
  const pid = Number(/"pid":(\d+)/.exec(npm.output())?.[1]);
  t.teardown(() => isAlive(pid) && process.kill(pid, "SIGKILL"));
  npm.child.kill("SIGTERM");
  await waitFor(() => npm.child.exitCode !== null || npm.child.signalCode !== null);
  t.equal(npm.child.exitCode, 0, "npm waits for it");
  t.notOk(isAlive(pid), "and leaves nothing behind");
  return npm.output();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const skip = NPM === undefined && "run it by npm";

t.test("the monitor ends in order when npm alone is told to end", { skip }, async (t) => {
  const port = await findFreePort();
  const env = { DATA_DIR: makeFolder(t), PORT: String(port) };
  t.match(await signal(t, ["start"], env, /Server listening/), '"reason":"SIGTERM","msg":"Stopping"');
  await t.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
});

t.test("so does an agent", { skip }, async (t) => {
  const folder = await makeAgentFolder(t, { port: await findFreePort() });
  const args = ["run", "agent", "--", "--config", join(folder.root, "agent.json")];
  await signal(t, args, {}, /agent is ready/);
});

t.test("tests that are told to end take along what they have started", { skip }, async (t) => {
  const pidsFile = join(makeFolder(t), "pids");
  const args = ["test", "--", "test/helpers/waits-for-ever.ts"];
  const npm = startProgram(t, NPM ?? "", { args, env: { PIDS_FILE: pidsFile } });
  const pids = () => (existsSync(pidsFile) ? readFileSync(pidsFile, "utf8").split(" ").map(Number) : []);
  await waitFor(() => npm.child.exitCode !== null || pids().length === 2);
  npm.child.kill("SIGTERM");
  await waitFor(() => npm.child.exitCode !== null || npm.child.signalCode !== null);
  t.not(npm.child.exitCode, 0);
  await waitFor(() => !pids().some(isAlive));
});
