import { existsSync } from "node:fs";
import { mkdir, open, readdir, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { DatabaseResetReport } from "../../src/protocol/commands.ts";
import { startTestAgent } from "../helpers/agent.ts";
import { resetDatabase } from "../helpers/agent-commands.ts";
import { makeSampleService, type SampleService } from "../helpers/sample-service.ts";

const OLD = "x".repeat(1000);

async function failReset(t: Test, pos: SampleService, error: object): Promise<DatabaseResetReport> {
  const agent = await startTestAgent(t, pos);
  const report = await resetDatabase(agent);
  t.match(report, { step: "failed", error });
  return report;
}

async function isUntouched(t: Test, pos: SampleService, report: DatabaseResetReport): Promise<void> {
  t.match(report, { resetAt: null, movedFiles: [] });
  t.equal(await pos.read("pos.db"), OLD);
  t.equal(await pos.read("pos.db-wal"), "x".repeat(24));
  if (existsSync(pos.path("quarantine"))) t.same(await readdir(pos.path("quarantine")), []);
}

t.test("no database: the service is left alone", async (t) => {
  const pos = await makeSampleService(t, { database: { files: ["*.mdf"] } });
  const report = await failReset(t, pos, { error: "no_database", message: /^no \*\.mdf in / });
  await isUntouched(t, pos, report);
  t.same(pos.calls(), []);
  t.notOk(existsSync(pos.path("quarantine")), "nothing is changed");
});

t.test("a service that is not installed", async (t) => {
  const pos = await makeSampleService(t);
  await writeFile(pos.path("service-state.txt"), "not_installed\n");
  const report = await failReset(t, pos, { error: "service_not_installed" });
  await isUntouched(t, pos, report);
  t.equal(report.service, "not_installed");
});

t.test("a service that may not be stopped goes on running", async (t) => {
  const pos = await makeSampleService(t);
  await pos.behave("refuses-stop");
  const report = await failReset(t, pos, {
    error: "stop_failed",
    message: /exit code 5: Access is denied\.$/,
  });
  await isUntouched(t, pos, report);
  t.equal(report.service, "running");
});

t.test("a service that does not stop in time: nothing is moved", async (t) => {
  const pos = await makeSampleService(t, { service: { stopTimeoutMs: 2_000 } });
  await pos.behave("hangs-at-stop");
  const report = await failReset(t, pos, {
    error: "stop_timeout",
    message: "not stopped within 2000 ms: it is stopping",
  });
  await isUntouched(t, pos, report);
  t.equal(report.service, "stopping");
  t.same(pos.calls(), ["stop"]);
});

t.test("a file that stays open: nothing is moved, and the service runs again", async (t) => {
  const folder = t.testdir({});
  const released = join(folder, "asked");
  const releasedByName = join(folder, "asked by name");
  const pos = await makeSampleService(t, {
    database: {
      releaseTimeoutMs: 500,
      releaseCommands: [
        ["/bin/t*uch", released],
        ["/does/not/exist"],
        ["touch", releasedByName],
        ["does-not-exist"],
      ],
    },
  });
  const handle = await open(pos.path("pos.db-wal"));
  t.teardown(() => handle.close());
  const report = await failReset(t, pos, {
    error: "database_in_use",
    message: new RegExp(`^pos\\.db-wal is open in \\S+ \\(${process.pid}\\)$`),
  });
  t.ok(existsSync(released), "what holds it was asked to let go");
  t.ok(existsSync(releasedByName), "also by a program that is only named");
  await isUntouched(t, pos, report);
  t.equal(report.service, "running");
  t.same(pos.calls(), ["stop", "start"]);
});

t.test("a quarantine on another disk is found before the service is stopped", async (t) => {
  const pos = await makeSampleService(t);
  const otherDisk = `/dev/shm/poswatch-${process.pid}`;
  await mkdir(otherDisk);
  t.teardown(() => rm(otherDisk, { recursive: true }));
  await symlink(otherDisk, pos.path("quarantine"));
  const report = await failReset(t, pos, { error: "move_failed", message: /^EXDEV: / });
  await unlink(pos.path("quarantine"));
  await isUntouched(t, pos, report);
  t.same(pos.calls(), []);
});

t.test("a service that cannot be started: the database is reset all the same", async (t) => {
  for (const [way, error] of [
    ["refuses-start", { error: "start_failed", message: /The service is disabled/ }],
    ["hangs-at-start", { error: "start_timeout", message: /it is starting$/ }],
  ] as const) {
    const pos = await makeSampleService(t, { service: { startTimeoutMs: 2_000 } });
    await pos.behave(way);
    const report = await failReset(t, pos, error);
    t.match(report.resetAt, /^\d{4}-/);
    t.equal(report.movedFiles.length, 2);
    t.notOk(existsSync(pos.path("pos.db")));
  }
});

t.test("missing commands are named before anything happens", async (t) => {
  const { config } = await makeSampleService(t);
  const { commands } = config.service as { commands: { status: string[]; start: string[]; stop: string[] } };
  for (const verb of ["start", "stop"] as const) {
    const pos = await makeSampleService(t, { service: { commands: { ...commands, [verb]: undefined } } });
    const report = await failReset(t, pos, {
      error: `${verb}_failed`,
      message: `service.commands.${verb} is not configured`,
    });
    await isUntouched(t, pos, report);
    t.same(pos.calls(), []);
  }
});
