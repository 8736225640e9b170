import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { AGENT_PACKAGES_FOLDER } from "../../src/protocol/agent-package.ts";
import { formatPairingString, normalizeFingerprint } from "../../src/protocol/pairing-string.ts";
import { callAgent } from "../helpers/agent.ts";
import { makeFolder } from "../helpers/folder.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { noWine, startWine, type Wine } from "../helpers/wine.ts";

const run = promisify(execFile);
const SERVICE = "PoswatchAgent";
const HOST = "C:\\poswatch\\poswatch-agent.exe";
/** Wine starts a program in seconds, more on a busy machine. */
const PATIENCE = { timeoutMs: 120_000 };
const NOT_INSTALLED = 0;
const STOPPED = 1;
const RUNNING = 4;
const FULL_LOG = Buffer.alloc(5 * 1024 * 1024, "a line of long ago\n");
const VERSION = JSON.parse(readFileSync("package.json", "utf8")).version;
/** Each ends at once, whatever it is told. */
const BROKEN = "process.exit(3);";
const UPDATED_TO_NOTHING = "process.exit(75);";
const UPDATED = `require("node:fs").writeFileSync("C:\\\\poswatch\\\\current.txt", "${VERSION}"); process.exit(75);`;

t.test("the package runs as a service", { skip: noWine }, async (t) => {
  const packages = join(makeFolder(t), AGENT_PACKAGES_FOLDER);
  const build = startProgram(t, "src/agent/packaging/build-agent.ts", { args: ["--to", packages] });
  t.equal(await build.ended, 0, build.output());
  const wine = await startWine(t);
  await run("unzip", ["-q", join(packages, "windows.zip"), "-d", wine.path("poswatch")]);
  const data = await makeDataFolder(wine, "data");
  const other = await makeDataFolder(wine, "другая папка");

  const host = (...args: string[]) => wine.run(HOST, ...args);
  const install = (folder: string) => host("install-service", "--data", folder);
  const state = async () => JSON.parse((await host("service-state", "Nothing", SERVICE)).output);
  const isStopped = async () => (await state()).state === STOPPED;
  const stop = () => wine.run("sc.exe", "stop", SERVICE);
  const start = () => wine.run("sc.exe", "start", SERVICE);
  const program = (name: string) => wine.path("poswatch", name);
  const read = (name: string) => (existsSync(program(name)) ? readFileSync(program(name), "utf8") : null);
  const write = (name: string, text: string) => writeFileSync(program(name), text);
  const endAgent = () => wine.run("taskkill.exe", "/F", "/IM", "node.exe");
  /** Has the service run another version, after the one of the package. */
  const replace = (version: string, agent: string) => {
    mkdirSync(wine.path("poswatch", "versions", version), { recursive: true });
    writeFileSync(wine.path("poswatch", "versions", version, "agent.cjs"), agent);
    write("previous.txt", VERSION);
    write("current.txt", version);
  };

  await t.test("it refuses what cannot be, and changes nothing", async (t) => {
    t.match(await host("install-service"), { exitCode: 2, output: "install-service --data FOLDER" });
    for (const folder of ["C:\\nowhere", "C:\\", `C:\\${"long\\".repeat(300)}`]) {
      const { exitCode, output } = await install(folder);
      t.equal(exitCode, 1, folder.slice(0, 20));
      t.match(output, /^\d+: \S/);
    }
    t.match(await state(), { state: NOT_INSTALLED, name: "Nothing" });
    t.equal(read("current.txt"), null);
    t.equal((await host("service-version", SERVICE)).exitCode, 1);
    t.equal((await host("remove-service")).exitCode, 0, "what is not there is gone");
  });

  await t.test("it is entered, and entered again with another folder", async (t) => {
    t.equal((await install("C:\\другая папка\\")).exitCode, 0);
    await waitFor(() => other.ready() === 1, PATIENCE);
    t.equal((await install("C:\\data")).exitCode, 0, "again it repairs");
    await waitFor(() => data.ready() === 1, PATIENCE);
    t.match(other.log(), `the agent ${VERSION} ended with 0`, "the first one was stopped");
    t.equal(read("current.txt"), VERSION);
    t.equal(read("previous.txt"), null);
    const facts = await state();
    t.match(facts, { state: RUNNING, name: SERVICE, account: "LocalSystem" });
    t.ok(Math.abs(Date.now() - facts.startedAt) < PATIENCE.timeoutMs, "since when it runs");
    t.equal((await host("service-version", "Nothing", SERVICE.toLowerCase())).output, `${VERSION}\n`);
  });

  await t.test("its agent tells what the host knows", async (t) => {
    const { posServerId, token, certificate } = data.identity();
    const fingerprint = normalizeFingerprint(new X509Certificate(certificate).fingerprint256);
    if (!fingerprint) throw new Error("no fingerprint");
    const address = `https://127.0.0.1:${data.port}`;
    const pairingString = formatPairingString({ address, posServerId, token, fingerprint });
    t.match(await callAgent({ address, pairingString }, "/v1/status"), {
      status: 200,
      body: { posServerId, version: VERSION, service: { state: "running", startedAt: /^20/ } },
    });
  });

  await t.test("an agent that is killed is started again", async () => {
    await endAgent();
    await waitFor(() => data.ready() === 2, PATIENCE);
  });

  await t.test(
    "a version that was updated to is taken at once, one that is broken is left again",
    async (t) => {
      replace("9.9.8", UPDATED);
      write("current.txt", "\uFEFF9.9.8 \r\n"); // as Notepad writes it
      await endAgent();
      await waitFor(() => data.ready() === 3, PATIENCE);
      t.match(data.log(), "the agent 9.9.8 ended with 75");
      t.notMatch(data.log(), "is taken again");
      t.equal(read("rejected.txt"), null);
      for (const [version, agent] of Object.entries({ "9.9.9": BROKEN, "9.9.10": UPDATED_TO_NOTHING })) {
        replace(version, agent);
        const ready = data.ready();
        await endAgent();
        await waitFor(() => data.ready() === ready + 1, PATIENCE);
        t.equal(data.started(version), 3);
        t.equal(read("current.txt"), VERSION);
        t.equal(read("rejected.txt"), version);
      }
    },
  );

  await t.test(
    "a version that has served is kept however it fails, and the service still stops",
    async (t) => {
      replace("9.9.11", BROKEN);
      write("confirmed.txt", "9.9.11");
      await endAgent();
      await waitFor(() => data.started("9.9.11") > 3, PATIENCE);
      t.equal(read("current.txt"), "9.9.11");
      t.equal((await stop()).exitCode, 0);
      await waitFor(isStopped, PATIENCE);
      t.match(data.log(), /the service has stopped.*\n$/);
    },
  );

  await t.test("without a version it waits until one is named", async (t) => {
    write("current.txt", "..\\..\\elsewhere");
    await start();
    await waitFor(() => data.log().includes("current.txt names no version"), PATIENCE);
    const ready = data.ready();
    write("current.txt", VERSION);
    await waitFor(() => data.ready() === ready + 1, PATIENCE);
    t.equal((await state()).state, RUNNING);
  });

  await t.test("it stops by itself, and begins its log anew", async (t) => {
    await stop();
    await waitFor(isStopped, PATIENCE);
    t.match(data.log(), new RegExp(`the agent ${VERSION} ended with 0".*\\n.*the service has stopped.*\\n$`));
    const before = data.log();
    writeFileSync(data.file("agent.1.log"), before);
    writeFileSync(data.file("agent.log"), FULL_LOG);
    await start();
    await waitFor(() => data.ready() === 1, PATIENCE);
    t.ok(statSync(data.file("agent.1.log")).size >= FULL_LOG.length);
    t.equal(readFileSync(data.file("agent.2.log"), "utf8"), before);
    t.notOk(existsSync(data.file("agent.0.log")));
  });

  await t.test("it is taken away while it runs, and its files stay", async (t) => {
    t.equal((await host("remove-service")).exitCode, 0, "it stops it first");
    t.match(await state(), { state: NOT_INSTALLED });
    t.ok(existsSync(data.file("state", "identity.json")));
  });
});

/** A data folder with the configuration of an agent that watches its own service. */
async function makeDataFolder(wine: Wine, name: string) {
  const file = (...names: string[]) => wine.path(name, ...names);
  const log = () => (existsSync(file("agent.log")) ? readFileSync(file("agent.log"), "utf8") : "");
  const count = (text: string) => log().split(text).length - 1;
  const port = await findFreePort();
  mkdirSync(file("logs"), { recursive: true });
  const config = {
    host: "127.0.0.1",
    port,
    stateDirectory: `C:\\${name}\\state`,
    crmId: { value: "100237" },
    service: { names: [SERVICE] },
    dataDirectory: `C:\\${name}`,
  };
  writeFileSync(file("agent.json"), JSON.stringify(config));
  return {
    port,
    file,
    log,
    /** How often an agent has become ready, as far as the log goes back. */
    ready: () => count("agent is ready"),
    started: (version: string) => count(`the agent ${version} has started`),
    identity: () => JSON.parse(readFileSync(file("state", "identity.json"), "utf8")),
  };
}
