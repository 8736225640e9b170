import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { tarGzip, zip } from "../../src/packaging/archives.ts";
import { bundleMonitor } from "../../src/packaging/bundle-monitor.ts";
import { linuxParts, monitorProgram } from "../../src/packaging/monitor-program.ts";
import { PACKAGE_FILES } from "../../src/protocol/agent-update.ts";
import { FACTS, offerPackage, ZIP } from "../helpers/agent-package.ts";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { startPoswatch } from "../helpers/program.ts";

/** Neither npm nor another Node. */
const BARE = { PATH: "/usr/bin:/bin", NODE_PATH: "", NODE_OPTIONS: "" };

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

const bundle = await bundleMonitor();

t.test("the same sources make the same bytes", async (t) => {
  const again = await bundleMonitor();
  t.same([...again.files.keys()], [...bundle.files.keys()]);
  for (const [path, content] of bundle.files) if (!again.files.get(path)?.equals(content)) t.fail(path);
  const files = new Map([
    ["folder/b", Buffer.from("b")],
    ["folder/a/c", Buffer.from("c")],
  ]);
  const pack = () => tarGzip(files, ["folder/b"], makeFolder(t));
  t.ok((await pack()).equals(await pack()));
  t.ok((await zip(files)).equals(await zip(files)));
});

t.test("what is handed out runs from its folder, and has the agent's package inside", async (t) => {
  const agentPackage = new Map([
    [PACKAGE_FILES.zip, ZIP],
    [PACKAGE_FILES.facts, Buffer.from(JSON.stringify(FACTS))],
  ]);
  const { folder, files, programs } = monitorProgram(bundle, linuxParts(), agentPackage);
  const root = makeFolder(t);
  mkdirSync(join(root, "work"));
  writeFileSync(join(root, "archive.tar.gz"), await tarGzip(files, programs, join(root, "work")));
  execFileSync("tar", ["xzf", join(root, "archive.tar.gz"), "-C", root]);
  t.same(readdirSync(join(root, folder)).sort(), [
    "LICENSES.txt",
    "README.txt",
    "app",
    "guide",
    "node",
    "poswatch",
    "version.txt",
  ]);
  const launcher = join(root, "linked");
  symlinkSync(join(root, folder, "poswatch"), launcher);
  const guide = join(root, folder, "guide");
  for (const file of ["README.md", "CHANGELOG.md", "src/installation/README.md", "src/agent/README.md"])
    t.ok(existsSync(join(guide, file)), file);
  t.same(readdirSync(join(guide, "src/installation/prometheus")), readdirSync("src/installation/prometheus"));

  const dataDir = makeFolder(t);
  const monitor = await startMonitorProcess(t, dataDir, BARE, launcher);
  t.equal((await fetch(`${monitor.url}/readyz`)).status, 200);
  t.match(await monitor.page("/pos-servers"), /Состояние POS-ов/);
  t.match(await monitor.page("/help"), /<h1/);
  const style = /\/assets\/[^"]*poswatch\.css/.exec(await monitor.page("/pos-servers"))?.[0];
  t.equal((await fetch(`${monitor.url}${style}`)).status, 200);
  t.match(await monitor.page("/audit.xlsx"), /^PK/, "its workers work");
  const offered = await fetch(`${monitor.url}/agent/windows.zip`);
  t.ok(Buffer.from(await offered.arrayBuffer()).equals(ZIP));
  const own = Buffer.from("a package of one's own");
  offerPackage({ dataDir }, { zip: own, facts: { ...FACTS, sha256: sha256(own), size: own.length } });
  t.equal(await (await fetch(`${monitor.url}/agent/windows.zip`)).text(), String(own), "it goes before");

  const run = async (...args: [string, ...string[]]) => {
    const program = startPoswatch(t, args, { env: { DATA_DIR: dataDir, ...BARE } }, launcher);
    return { code: await program.ended, output: program.output() };
  };
  t.match(await run("user", "list"), { code: 0, output: "test-administrator" });
  const file = join(root, "kept.backup");
  t.match(await run("backup", file), { code: 0, output: /is whole/ });
  t.equal(await monitor.end(), 0, "SIGTERM ends it well");
  t.match(await run("restore", file), { code: 0, output: /The backup is restored/ });
  t.match(await run("restore", "--help"), { code: 0, output: /^ {2}poswatch restore FILE$/m });
  t.match(await run("serve", "--help"), { code: 0, output: /^Runs Poswatch until SIGTERM/ });
  t.match(await run("serve", "now"), { code: 1, output: /'now'.*\n\nRuns Poswatch/ });
  t.match(await run("nonsense"), { code: 2, output: /There is no command nonsense\.\n\nPoswatch watches/ });
  const restored = await startMonitorProcess(t, dataDir, BARE, launcher);
  t.match(await restored.page("/pos-servers"), /резервн/);
  const { stdout } = spawnSync("ps", ["-o", "args=", "-p", String(restored.child.pid)]);
  t.equal(stdout.toString().split(" ")[0], join(root, folder, "node"), "the launcher has become it");
});
