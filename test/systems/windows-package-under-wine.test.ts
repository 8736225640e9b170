import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { build as esbuild } from "esbuild";
import t from "tap";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import {
  DATA,
  NOT_INSTALLED,
  PROGRAM,
  RUNNING,
  SERVICE,
  startPackagedAgent,
  VERSION,
} from "../helpers/packaged-agent.ts";
import { findFreePort } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { noWine } from "../helpers/wine.ts";

const WINHTTP_KEY = "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections";
const PROFILE_OF_SYSTEM = "HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\S-1-5-18";
const FULL_LOG = Buffer.alloc(5 * 1024 * 1024, "a line of long ago\n");
/** Of an agent that watches its own service. */
const CONFIGURATION = {
  crmId: { value: "100237" },
  service: { names: [SERVICE] },
  dataDirectory: "C:\\pos",
  logs: { directory: "C:\\pos" },
};
/** Keeps a lock, once it has it, until it is killed. */
const TAKE_LOCK = `
const [library, folder, file] = process.argv.slice(2);
require(library).acquireLock("command", folder).then((release) => {
  require("node:fs").writeFileSync(file, release ? "taken by " + process.pid : "had by another");
  if (release) setInterval(() => {}, 1000);
});
`;
/** Each ends at once, whatever it is told. */
const BROKEN = "process.exit(3);";
const UPDATED_TO_NOTHING = "process.exit(75);";
const UPDATED = `require("node:fs").writeFileSync(${JSON.stringify(`${PROGRAM}\\current.txt`)}, "${VERSION}"); process.exit(75);`;

t.test("the package is installed, runs as a service, and is taken away", { skip: noWine }, async (t) => {
  const agent = await startPackagedAgent(t);
  const { monitor, client, url, wine, program, data, host, unpacked, state, stop, start, isStopped } = agent;
  const { log, ready, started, registered, makeCode } = agent;
  const endAgent = () => wine.run("taskkill.exe", "/F", "/IM", "node.exe");
  /** Waits until an agent has become ready once more. */
  const readyAfter = async (work: () => Promise<unknown>) => {
    const before = ready();
    await work();
    await waitFor(() => ready() === before + 1);
  };
  const told = (name: string) =>
    existsSync(wine.path(`${name}.txt`)) ? readFileSync(wine.path(`${name}.txt`), "utf8") : "";
  const setValue = (key: string, name: string, type: string, value: string) =>
    wine.run("reg.exe", "add", key, "/v", name, "/t", type, "/d", value, "/f");
  /** Has the service run another version, after the one of the package. */
  const replace = (version: string, agent: string) => {
    mkdirSync(program.path("versions", version), { recursive: true });
    writeFileSync(program.path("versions", version, "agent.cjs"), agent);
    program.write("previous.txt", VERSION);
    program.write("current.txt", version);
  };

  await t.test("what cannot be is a sentence that says what to do, and no service is entered", async (t) => {
    t.match(await unpacked("install", "--nonsense"), { exitCode: 2, output: "install --code КОД" });
    t.match(await unpacked("check"), { exitCode: 1, output: "Агент здесь не установлен." });
    t.match(await unpacked("uninstall"), { exitCode: 0, output: "Агента здесь нет, удалять нечего." });
    t.equal((await unpacked("service-version", SERVICE)).exitCode, 1);

    await setValue("HKCU\\Software\\Wine", "Version", "REG_SZ", "win7");
    t.match(await unpacked("install"), { exitCode: 1, output: "Poswatch работает в Windows 10" });
    await wine.run("reg.exe", "delete", "HKCU\\Software\\Wine", "/v", "Version", "/f");

    renameSync(wine.path("пакет", "node.exe"), wine.path("пакет", "node.gone"));
    t.match(await unpacked("install"), { exitCode: 1, output: "нет файла node.exe" });
    renameSync(wine.path("пакет", "node.gone"), wine.path("пакет", "node.exe"));

    // Whatever Node would look for up to the root of the disk, any user could put there.
    for (const name of ["bufferutil", "utf-8-validate"]) {
      mkdirSync(wine.path("node_modules", name), { recursive: true });
      const planting = `require("node:fs").writeFileSync("C:\\\\planted.txt", "")`;
      writeFileSync(wine.path("node_modules", name, "index.js"), planting);
    }
    mkdirSync(data.path("state"), { recursive: true });
    data.write("agent.json", "{}");
    if (process.getuid?.() === 0) {
      chownSync(data.path("agent.json"), 12_345, 12_345);
      const foreign = await unpacked("install");
      t.match(foreign, { exitCode: 1, output: "agent.json: это создала или может изменить учётная запись" });
      chownSync(data.path("agent.json"), 0, 0);
    }
    chmodSync(data.path("agent.json"), 0o666);
    t.match(await unpacked("install"), { exitCode: 1, output: "может изменить учётная запись Everyone" });
    chmodSync(data.path("agent.json"), 0o644);
    t.notOk(existsSync(program.path()), "nothing was written yet");

    data.write("agent.json", '{ "nonsense": 1 }');
    const unconfigured = await unpacked("install", "--code", await makeCode());
    t.match(unconfigured, { exitCode: 1, output: /Служба агента не запущена.*Poswatch\\agent\.json/ });
    writeFileSync(data.path("agent.json"), JSON.stringify(CONFIGURATION));
    const mistyped = await unpacked("install", "--code", "no code");
    t.match(mistyped, { exitCode: 1, output: "Это не код подключения" });
    t.match(await state(), { state: NOT_INSTALLED, name: "Nothing" });
    t.same(await registered(), []);
  });

  await t.test("from the unpacked package to the first row it takes less than a minute", async (t) => {
    const begun = performance.now();
    const installed = await unpacked("install", "--code", await makeCode());
    t.match(installed, { exitCode: 0, output: /^(ВНИМАНИЕ: .*\n)?Poswatch принял этот POS-сервер\.\n/ });
    t.match(installed.output, "Агент установлен, его служба PoswatchAgent работает");
    const [{ id } = { id: 0 }] = await registered();
    await waitFor(() => client.agents.find(id) !== null);
    const polled = await monitor.app.pollNow(id);
    t.comment(`${Math.round(performance.now() - begun)} ms`);
    t.match(polled, {
      ok: true,
      report: { version: VERSION, crmId: "100237", service: { state: "running", startedAt: /^20/ } },
    });
    const facts = await state();
    t.match(facts, { state: RUNNING, name: SERVICE, account: "LocalSystem" });
    t.ok(Math.abs(Date.now() - facts.startedAt) < 2 * MINUTE_MS, "since when it runs");
    t.equal((await host("service-version", "Nothing", SERVICE.toLowerCase())).output, `${VERSION}\n`);
    t.match(log(), '"address":null', "it listens nowhere");
    t.notOk(existsSync(wine.path("planted.txt")));
  });

  await t.test("an installation that fails leaves the agent as it was", async (t) => {
    const before = ready();
    const failed = await unpacked("install", "--code", "no code");
    t.match(failed, { exitCode: 1, output: "Агент, который уже установлен, снова запущен." });
    await waitFor(() => ready() === before + 1);
  });

  await t.test("it takes the agent's commands", async (t) => {
    const check = await host("check");
    t.match(check.output, `Служба\n  ${SERVICE}`);
    t.match(check.output, `подключён кодом к ${url}`);
    t.match(check.output, "Папка данных агента");
    t.match(await host("quarantine", "list"), { exitCode: 0, output: "В карантине" });
    t.match(await host("quarantine", "restore", "x"), { exitCode: 1 });
    t.match(await host("enroll", "--code", await makeCode()), {
      exitCode: 0,
      output: "Служба PoswatchAgent подключится сама",
    });
    t.equal((await host("quarantine")).exitCode, 2, "and ends as they do");
  });

  await t.test("it knows the folder of the service's account, and the zone of Windows", async (t) => {
    t.match(await state(), { account: "LocalSystem", profile: null });
    const folder = "%SystemRoot%\\system32\\config\\systemprofile";
    await setValue(PROFILE_OF_SYSTEM, "ProfileImagePath", "REG_EXPAND_SZ", folder);
    t.match(await state(), { profile: /^C:\\windows\\system32\\config\\systemprofile$/i });
    const offset = await host("utc-offset");
    t.match(offset, { exitCode: 0, output: /^-?\d+\n$/ });
    t.equal(Number(offset.output), -new Date().getTimezoneOffset(), "Wine has that of this system");
  });

  await t.test("it knows the proxy that Windows has in its settings", async (t) => {
    const proxyFor = async (address: string) => (await host("proxy-for", address)).output;
    t.equal(await proxyFor("https://poswatch.example"), "");
    const settings = winHttpSettings("http=p:80;https=127.0.0.1:3128", "*.chain.example;<local>");
    await setValue(WINHTTP_KEY, "WinHttpSettings", "REG_BINARY", settings);
    t.equal(await proxyFor("https://poswatch.example:8443/path"), "127.0.0.1:3128\n");
    t.equal(await proxyFor("https://poswatch.chain.example"), "");
    t.equal(await proxyFor("https://server"), "");
    t.match(await host("proxy-for", "no address"), { exitCode: 1, output: /\d+/ });
    await wine.run("reg.exe", "delete", WINHTTP_KEY, "/v", "WinHttpSettings", "/f");
  });

  await t.test("a right is had by one process at a time, and goes with it", async (t) => {
    const { outputFiles } = await esbuild({
      entryPoints: ["src/agent/files/lock.ts"],
      bundle: true,
      platform: "node",
      format: "cjs",
      write: false,
    });
    const [library] = outputFiles;
    writeFileSync(wine.path("lock.cjs"), library?.contents ?? "");
    writeFileSync(wine.path("take.cjs"), TAKE_LOCK);
    const take = (name: string) =>
      wine.run(`${PROGRAM}\\node.exe`, "C:\\take.cjs", "C:\\lock.cjs", DATA, `C:\\${name}.txt`);
    const first = take("first");
    await waitFor(() => told("first") !== "");
    t.match(told("first"), /^taken by \d+$/);
    await take("second");
    t.equal(told("second"), "had by another");
    await wine.run("taskkill.exe", "/F", "/PID", told("first").replace(/\D/g, ""));
    await first;
    const third = take("third");
    await waitFor(() => told("third") !== "");
    t.match(told("third"), /^taken by \d+$/);
    await wine.run("taskkill.exe", "/F", "/PID", told("third").replace(/\D/g, ""));
    await third;
  });

  await t.test("an agent that is killed is started again", async () => {
    await readyAfter(endAgent);
  });

  await t.test("a host that is killed takes its agent along, and serves again later", async (t) => {
    await wine.run("taskkill.exe", "/F", "/IM", "poswatch-agent.exe");
    await waitFor(isStopped);
    await waitFor(() => client.agents.find(1) === null);
    await readyAfter(start);
    t.equal((await state()).state, RUNNING);
  });

  await t.test("an updated version is taken at once, a broken one is left again", async (t) => {
    replace("9.9.8", UPDATED);
    program.write("current.txt", "\uFEFF9.9.8 \r\n"); // as Notepad writes it
    await readyAfter(endAgent);
    t.match(log(), "the agent 9.9.8 ended with 75");
    t.notMatch(log(), "is taken again");
    t.equal(program.read("rejected.txt"), null);
    for (const [version, agent] of Object.entries({ "9.9.9": BROKEN, "9.9.10": UPDATED_TO_NOTHING })) {
      replace(version, agent);
      await readyAfter(endAgent);
      t.equal(started(version), 3);
      t.equal(program.read("current.txt"), VERSION);
      t.equal(program.read("rejected.txt"), version);
    }
  });

  await t.test("a version that has served is kept, and the service still stops", async (t) => {
    replace("9.9.11", BROKEN);
    program.write("confirmed.txt", "9.9.11");
    await endAgent();
    await waitFor(() => started("9.9.11") > 3);
    t.equal(program.read("current.txt"), "9.9.11");
    t.equal(await stop(), 0);
    t.match(log(), /the service has stopped.*\n$/);
  });

  await t.test("without a version it waits until one is named", async (t) => {
    program.write("current.txt", "..\\..\\elsewhere");
    await start();
    await waitFor(() => log().includes("current.txt names no version"));
    await readyAfter(async () => program.write("current.txt", VERSION));
    t.equal((await state()).state, RUNNING);
  });

  await t.test("where a power failure has emptied its name, the confirmed version runs", async (t) => {
    const code = program.read("versions", VERSION, "agent.cjs") ?? "";
    replace("9.9.12", code);
    program.write("confirmed.txt", "9.9.12");
    for (const left of ["", "\0".repeat(6)]) {
      program.write("current.txt", left);
      const before = started("9.9.12");
      await readyAfter(endAgent);
      t.equal(started("9.9.12"), before + 1);
    }
    t.match((await host("check")).output, `Служба\n  ${SERVICE}`, "commands find it too");

    program.write("current.txt", "");
    const installed = ready();
    t.equal((await unpacked("install")).exitCode, 0);
    await waitFor(() => ready() > installed);
    t.equal(program.read("current.txt"), "9.9.12", "an older package takes nobody's place");

    program.write("current.txt", "");
    program.write("confirmed.txt", "");
    const packaged = started(VERSION);
    await endAgent();
    await waitFor(() => started(VERSION) > packaged);
    program.write("current.txt", VERSION);
  });

  await t.test("it stops by itself, and begins its log anew", async (t) => {
    await stop();
    t.match(log(), new RegExp(`the agent ${VERSION} ended with 0".*\\n.*the service has stopped.*\\n$`));
    const isCompiled = existsSync(program.path("versions", VERSION, "compiled"));
    t.ok(isCompiled, "what it compiled is kept for its next start");
    const before = log();
    data.write("agent.1.log", before);
    writeFileSync(data.path("agent.log"), FULL_LOG);
    await start();
    await waitFor(() => ready() === 1);
    t.ok(statSync(data.path("agent.1.log")).size >= FULL_LOG.length);
    t.equal(data.read("agent.2.log"), before);
    t.equal(data.read("agent.0.log"), null);
  });

  await t.test("installed again it is repaired, and a later version is kept", async (t) => {
    await stop();
    rmSync(program.path("node.exe"));
    program.write("LICENSES.txt", "spoilt");
    rmSync(program.path("versions", VERSION), { recursive: true });
    await wine.run("attrib.exe", "+r", `${PROGRAM}\\LICENSES.txt`);
    writeFileSync(data.path("agent.log"), FULL_LOG);
    const repaired = await unpacked("install", "--silent");
    t.same(repaired, { exitCode: 0, output: "" });
    t.match(data.read("install.log"), "Агент установлен");
    t.equal(ready(), 1, "the log that was rotated meanwhile says so");
    t.not(program.read("LICENSES.txt"), "spoilt");
    t.equal((await registered()).length, 1);

    replace("9.9.12", program.read("versions", VERSION, "agent.cjs") ?? "");
    const port = await findFreePort();
    data.write("agent.json", JSON.stringify({ ...CONFIGURATION, host: "127.0.0.1", port }));
    const kept = await unpacked("install");
    t.match(kept, { exitCode: 0, output: `Порт ${port} открыт в брандмауэре Windows.` }, "where it listens");
    t.equal(ready(), 2);
    t.equal(started("9.9.12"), 1);
    t.equal(program.read("current.txt"), "9.9.12");
  });

  await t.test("an agent that does not come to work is told of", async (t) => {
    await stop();
    const enrolment = data.read("monitor.json") ?? "";
    data.write("monitor.json", "{");
    const stopped = await unpacked("install");
    t.match(stopped, { exitCode: 1, output: /агент не заработал\. Причина в журнале .*agent\.log/ });
    t.notMatch(stopped.output, "Агент установлен");
    data.write("monitor.json", enrolment);
  });

  await t.test("it is taken away while it runs, and what is known of the restaurant stays", async (t) => {
    const identity = data.read("identity.json");
    const holder = wine.run(`${PROGRAM}\\node.exe`, "C:\\take.cjs", "C:\\lock.cjs", DATA, "C:\\holder.txt");
    await waitFor(() => told("holder") !== "");
    const failed = await host("uninstall");
    t.match(failed, { exitCode: 1, output: `папку ${PROGRAM} удалить не удалось` });
    t.match(await state(), { state: NOT_INSTALLED });
    await wine.run("taskkill.exe", "/F", "/PID", told("holder").replace(/\D/g, ""));
    await holder;
    data.write("agent.json", '{ "nonsense": 1 }');
    writeFileSync(wine.path("leave.bat"), `@cd /d "${PROGRAM}"\r\n@poswatch-agent.exe uninstall\r\n`);
    const removed = await wine.run("cmd.exe", "/c", "C:\\leave.bat");
    t.equal(removed.exitCode, 0);
    const warning = /карантин, узнать не удалось.*\nАгент удалён\. Остались базы в карантине и папка /;
    t.match(removed.output, warning);
    t.notOk(existsSync(program.path("poswatch-agent.exe")));
    const left = () => readdirSync(wine.path("Program Files")).filter((name) => /^Poswatch\./.test(name));
    // The program that ran is deleted after its end.
    await waitFor(() => left().length === 0);
    data.write("agent.json", JSON.stringify(CONFIGURATION));

    t.equal((await unpacked("install")).exitCode, 0);
    const [{ id } = { id: 0 }] = await registered();
    await waitFor(() => client.agents.find(id) !== null);
    t.equal(data.read("identity.json"), identity, "to the monitor it is the same POS server");
  });
});

/** As `netsh winhttp set proxy` writes them, hexadecimal. */
function winHttpSettings(...texts: [proxies: string, bypass: string]): string {
  const numbers = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
  const NAMED_PROXY = 3;
  const lines = texts.map((text) => Buffer.concat([numbers(text.length), Buffer.from(text, "latin1")]));
  return Buffer.concat([numbers(0x18, 0, NAMED_PROXY), ...lines]).toString("hex");
}
