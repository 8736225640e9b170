import { once } from "node:events";
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { DATA, HURRY, laterMigration, startInstallableMachine } from "../helpers/installed-monitor.ts";
import { withDatabase } from "../helpers/monitor-process.ts";
import { beginTestSession } from "../helpers/session.ts";
import { noSystemd } from "../helpers/systemd.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** A launcher that serves otherwise than the real one does, by `$run serve`. */
const serving = (script: string) => ({
  poswatch: `#!/bin/sh
export POSWATCH_PROGRAMS=/opt/poswatch POSWATCH_DATA=${DATA}
run="\${0%/*}/node \${0%/*}/app/code/commands.main.js"
[ "$1" = serve ] || exec $run "$@"
${script}
`,
});
const later = laterMigration(9001);

t.test("systemd runs it as a user of its own, closed in", { skip: noSystemd }, async (t) => {
  const machine = await startInstallableMachine(t);
  // The data of a monitor that root ran from the sources is taken over.
  const fromSources = openDatabase(join(machine.dataDir, DATABASE_FILE));
  await migrateDatabase(fromSources);
  await fromSources.db.destroy();
  const launcher = machine.unpack("1.0.0");
  await machine.run("cp", "-r", "/root/1.0.0", "/tmp/unpacked");
  const asNobody = await machine.run("setpriv", "--reuid=65534", "/tmp/unpacked/poswatch", "install");
  t.match(asNobody, { code: 1, output: "Only root may do that: repeat it with sudo." });
  const installed = await machine.run(launcher, "install");
  t.match(installed, { code: 0, output: `Poswatch works, and starts with this system: ${machine.url}` });
  t.match(installed.output, `The code for its first page is in ${DATA}/setup-token`);
  t.match(await machine.run("systemctl", "is-enabled", "poswatch"), { output: "enabled" });
  t.match(await machine.run("stat", "-c", "%U %a", DATA, "/opt/poswatch"), {
    output: "poswatch 700\nroot 755\n",
  });
  const { output: exposure } = await machine.run("systemd-analyze", "security", "poswatch");
  t.ok(Number(/exposure level for poswatch.service: ([\d.]+)/.exec(exposure)?.[1]) <= 2.5, exposure);
  t.match(await machine.run("journalctl", "-u", "poswatch"), { output: /Server listening at/ });

  t.match(await machine.run("poswatch", "user", "list"), { code: 0, output: "There are no users yet." });
  t.match(await machine.run("poswatch", "backup"), { code: 0, output: /is whole/ });
  t.match(await machine.run("poswatch", "backup", "/root/kept.backup"), { code: 0, output: /is whole/ });
  t.match(await machine.run("stat", "-c", "%U %a", "/root/kept.backup"), { output: "root 600" });
  t.equal((await fetch(`${machine.url}/setup`)).status, 200, "nothing that it needs is closed to it");
  const mixed = await machine.run("find", DATA, "-not", "-user", "poswatch");
  t.equal(mixed.output, "", "what root does there belongs to the service");
  t.match(await machine.run("poswatch", "restore", "x"), {
    code: 1,
    output: /is in use by another Poswatch/,
  });

  await machine.run("systemctl", "kill", "-s", "KILL", "poswatch");
  await waitFor(machine.isReady);
  t.match(await machine.run("/opt/poswatch/poswatch", "install"), {
    code: 1,
    output: /is installed already/,
  });

  t.match(await machine.run("poswatch", "uninstall"), { code: 0, output: `${DATA} is left` });
  await t.rejects(fetch(machine.url));
  t.match(await machine.run("ls", "/opt/poswatch"), { code: 2 });
  t.ok(statSync(machine.path(`${DATA}/poswatch.db`)).size > 0);
  t.match(await machine.run("poswatch", "--help"), { code: 127 });
  const taken = createServer().listen(Number(new URL(machine.url).port), "127.0.0.1");
  await once(taken, "listening");
  machine.remove(`${DATA}/version.txt`);
  t.match(await machine.run(launcher, "install"), { code: 1, output: /Another program listens at/ });
  taken.close();
  await once(taken, "close");
  const again = await machine.run(launcher, "install");
  t.match(again, { code: 0, output: machine.url }, "it goes on with what was left");
  await machine.run("systemctl", "stop", "poswatch");
  t.match(await machine.run("poswatch", "restore", "/root/kept.backup"), {
    code: 0,
    output: /The backup is restored/,
  });
  const foreign = await machine.run("find", DATA, "-not", "-user", "poswatch");
  t.equal(foreign.output, "", "what was restored does too");
});

t.test("a version takes the place of another, or that one goes on", { skip: noSystemd }, async (t) => {
  const machine = await startInstallableMachine(t);
  await machine.run(machine.unpack("1.0.0"), "install");
  const cookie = `session=${await withDatabase(machine.dataDir, beginTestSession)}`;
  const users = async () => (await machine.run("poswatch", "user", "list")).output;
  const isSignedIn = async () =>
    (await fetch(`${machine.url}/settings`, { headers: { cookie }, redirect: "manual" })).status === 200;
  t.match(await users(), "test-administrator");

  const refusals: [version: string, changes: Record<string, string>, why: RegExp][] = [
    [
      "1.1.0",
      { "app/migrations/9001-later.js": 'export const up = () => { throw new Error("no way"); };\n' },
      /Migration 9001-later failed.*no way/,
    ],
    ["1.2.0", serving("echo it cannot be >&2; exit 1"), /it cannot be/],
    [
      "1.3.0",
      serving(`: > "$POSWATCH_TRIAL"; exec sleep 1000`),
      /it was not ready within 8 s: it does not answer/,
    ],
    ["1.3.1", serving("exec sleep 1000"), /it did not begin within 8 s/],
    [
      "1.4.0",
      serving(
        `POSWATCH_HOST= $run serve & until [ -e "$POSWATCH_TRIAL" ]; do sleep .05; done; kill -9 $!; exit 3`,
      ),
      /it ended with 3/,
    ],
  ];
  const good = machine.unpack("1.5.0", later);
  for (const [version, changes, why] of refusals) {
    if (why.source.includes("within")) await machine.run("touch", HURRY);
    else machine.remove(HURRY);
    const refused = await machine.run(machine.unpack(version, { ...later, ...changes }), "install");
    t.match(refused, { code: 1, output: why });
    t.match(refused.output, "The version before is the one to run, with its data as they were.");
    // The next one may come before the one that goes on is ready.
    if (version === "1.1.0") continue;
    await waitFor(machine.isReady);
    t.equal(machine.version(), "1.0.0");
    t.ok(await isSignedIn(), version);
    const tables = await withDatabase(machine.dataDir, async (_db, sqlite) =>
      sqlite.prepare("select name from sqlite_schema where name like 'later%'").all(),
    );
    t.same(tables, [], version);
  }
  t.match(await machine.run(good, "install"), { code: 0, output: /1\.0\.0-\d+ gives way to 1\.5\.0-\d+/ });
  t.equal(machine.version(), "1.5.0");
  const migrated = await withDatabase(machine.dataDir, async (_db, sqlite) =>
    sqlite.prepare("select name from kysely_migration order by name desc").pluck().all(),
  );
  t.same(migrated[0], "9001-later");
  t.ok(await isSignedIn(), "sessions stay");
  t.match(await users(), "test-administrator");
  t.match(await machine.run("ls", "/opt/poswatch/versions"), { output: /^1\.0\.0-\d+\n1\.5\.0-\d+\n$/ });
  const asked = await machine.run("/root/1.0.0/poswatch", "install");
  t.match(asked, { code: 1, output: /1\.5\.0 is installed, which is newer than 1\.0\.0\./ });
  const older = await machine.run("/root/1.0.0/poswatch", "install", "--older");
  const refused = { code: 1, output: /was made by a newer Poswatch/ };
  t.match(older, refused, "an older one does not know the database");
});
