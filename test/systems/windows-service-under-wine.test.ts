import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { AGENT_PACKAGES_FOLDER } from "../../src/protocol/agent-package.ts";
import { formatPairingString } from "../../src/protocol/pairing-string.ts";
import { callAgent } from "../helpers/agent.ts";
import { makeFolder } from "../helpers/folder.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { noWine, startWine, type Wine } from "../helpers/wine.ts";

const run = promisify(execFile);
const SERVICE = "PoswatchAgent";
/** Wine starts a program in seconds, more on a busy machine. */
const PATIENCE = { timeoutMs: 120_000 };
const STOPPED = 1;
const RUNNING = 4;
const VERSION_OF_PACKAGE = JSON.parse(readFileSync("package.json", "utf8")).version;
/** One that ends at once, whatever it is told. */
const BROKEN = "process.exit(3);";

t.test(
  "the package runs as a service, comes back when it is killed, falls back, and stops",
  { skip: noWine },
  async (t) => {
    const packages = join(makeFolder(t), AGENT_PACKAGES_FOLDER);
    const build = startProgram(t, "src/agent/packaging/build-agent.ts", { args: ["--to", packages] });
    t.equal(await build.ended, 0, build.output());
    const wine = await startWine(t);
    const port = await install(wine, packages);
    const logFile = wine.path("data", "agent.log");
    const log = () => (existsSync(logFile) ? readFileSync(logFile, "utf8") : "");
    const started = () => log().split("agent is ready").length - 1;
    const state = async () =>
      JSON.parse(
        (await wine.run("C:\\poswatch\\poswatch-agent.exe", "service-state", "Nothing", SERVICE)).output,
      );

    const installation = ["C:\\poswatch\\poswatch-agent.exe", "install-service", "--data", "C:\\data"];
    t.equal((await wine.run(...installation)).exitCode, 0);
    await waitFor(() => started() === 1, PATIENCE);
    t.equal((await wine.run(...installation)).exitCode, 0, "again it repairs");
    const facts = await state();
    t.match(facts, {
      state: RUNNING,
      name: SERVICE,
      account: "LocalSystem",
      executable: "C:\\poswatch\\poswatch-agent.exe",
      version: `${VERSION_OF_PACKAGE}.0`,
    });
    t.ok(Math.abs(Date.now() - facts.startedAt) < PATIENCE.timeoutMs, "since when it runs");

    const identity = JSON.parse(readFileSync(wine.path("data", "state", "identity.json"), "utf8"));
    const { posServerId, token, certificate } = identity;
    const fingerprint = `sha256:${new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase()}`;
    const address = `https://127.0.0.1:${port}`;
    const pairingString = formatPairingString({ address, posServerId, token, fingerprint });
    const reported = {
      status: 200,
      body: { posServerId, version: facts.version, service: { state: "running", startedAt: /^20/ } },
    };
    t.match(
      await callAgent({ address, pairingString }, "/v1/status"),
      reported,
      "the agent is told by its host",
    );

    await wine.run("taskkill.exe", "/F", "/IM", "node.exe");
    await waitFor(() => started() === 2, PATIENCE);
    t.pass("killed, the agent is started again");

    mkdirSync(wine.path("poswatch", "versions", "9.9.9"), { recursive: true });
    writeFileSync(wine.path("poswatch", "versions", "9.9.9", "agent.cjs"), BROKEN);
    writeFileSync(wine.path("poswatch", "previous.txt"), VERSION_OF_PACKAGE);
    writeFileSync(wine.path("poswatch", "current.txt"), "9.9.9");
    await wine.run("taskkill.exe", "/F", "/IM", "node.exe");
    await waitFor(() => started() === 3, PATIENCE);
    t.equal(readFileSync(wine.path("poswatch", "current.txt"), "utf8"), VERSION_OF_PACKAGE);
    t.equal(readFileSync(wine.path("poswatch", "rejected.txt"), "utf8"), "9.9.9");

    t.equal((await wine.run("sc.exe", "stop", SERVICE)).exitCode, 0);
    await waitFor(async () => (await state()).state === STOPPED, PATIENCE);
    t.match(log(), `the agent ${VERSION_OF_PACKAGE} ended with 0`, "it was not killed");
    t.match(
      (await wine.run("C:\\poswatch\\poswatch-agent.exe", "service-state", "Nothing")).output,
      '{"state":0,"name":"Nothing"',
    );

    await wine.run(...installation);
    await waitFor(() => started() === 4, PATIENCE);
    const removal = ["C:\\poswatch\\poswatch-agent.exe", "remove-service"];
    t.equal((await wine.run(...removal)).exitCode, 0, "it stops it first");
    t.match(await state(), { state: 0 });
    t.equal((await wine.run(...removal)).exitCode, 0, "what is gone is gone");
    t.ok(existsSync(wine.path("data", "state", "identity.json")), "its files stay");
  },
);

/** Unpacks the package as a service that is not started yet. @returns the port of its agent. */
async function install(wine: Wine, packages: string): Promise<number> {
  const port = await findFreePort();
  mkdirSync(wine.path("data", "logs"), { recursive: true });
  await run("unzip", ["-q", join(packages, "windows.zip"), "-d", wine.path("poswatch")]);
  mkdirSync(wine.path("poswatch", "versions", VERSION_OF_PACKAGE), { recursive: true });
  await run("mv", [
    wine.path("poswatch", "agent.cjs"),
    wine.path("poswatch", "versions", VERSION_OF_PACKAGE),
  ]);
  writeFileSync(wine.path("poswatch", "current.txt"), VERSION_OF_PACKAGE);
  const config = {
    host: "127.0.0.1",
    port,
    stateDirectory: "C:\\data\\state",
    crmId: { value: "100237" },
    service: { names: [SERVICE] },
    dataDirectory: "C:\\data",
  };
  writeFileSync(wine.path("data", "agent.json"), JSON.stringify(config));
  return port;
}
