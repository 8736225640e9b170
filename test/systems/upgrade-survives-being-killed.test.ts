import t from "tap";
import { DATA, laterMigration, startInstallableMachine } from "../helpers/installed-monitor.ts";
import { withDatabase } from "../helpers/monitor-process.ts";
import { beginTestSession } from "../helpers/session.ts";
import { noSystemd } from "../helpers/systemd.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("killed at any step of an upgrade, one whole version runs", { skip: noSystemd }, async (t) => {
  const machine = await startInstallableMachine(t);
  const has = (text: string, file: string) => machine.text(file).includes(text);
  const steps: [name: string, isReached: (version: string) => boolean][] = [
    ["copying the program", () => machine.text("/opt/poswatch/versions/.unfinished/app/package.json") !== ""],
    ["the version is wanted", (version) => has(version, "/opt/poswatch/version.txt")],
    ["copying the database", () => machine.exists(`${DATA}/before-upgrade`)],
    ["it is tried", (version) => has(version, `${DATA}/upgrade.json`)],
    ["it has migrated", () => machine.exists(`${DATA}/upgrade-trial`)],
    ["it is taken", (version) => has(version, `${DATA}/version.txt`)],
  ];
  t.match(await machine.run(machine.unpack("1.0.0"), "install"), { code: 0 });
  await withDatabase(machine.dataDir, beginTestSession);
  let changes = {};
  for (const [index, [name, isReached]] of steps.entries()) {
    const version = `1.${index + 1}.0`;
    changes = { ...changes, ...laterMigration(9001 + index) };
    machine.remove(`${DATA}/before-upgrade`);
    const launcher = machine.unpack(version, changes);
    const installing = machine.run(launcher, "install");
    await waitFor(() => isReached(version));
    await machine.run("pkill", "-KILL", "-f", "commands.main.js");
    await installing;
    await waitFor(machine.isReady);
    // What was wanted by then is taken, whoever was killed.
    if (index === 0) t.match(await machine.run(launcher, "install"), { code: 0 }, name);
    await waitFor(() => machine.version() === version);
    await waitFor(machine.isReady);
    t.match((await machine.run("poswatch", "user", "list")).output, "test-administrator", name);
    machine.remove(`/root/${version}`);
  }
});
