import { existsSync } from "node:fs";
import { open, readdir, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { DatabaseResetReport } from "../../src/protocol/commands.ts";
import { startTestAgent } from "../helpers/agent.ts";
import { resetDatabase } from "../helpers/agent-commands.ts";
import { makeFolderOnAnotherDisk } from "../helpers/folder.ts";
import { makeSampleService, type SampleService } from "../helpers/sample-service.ts";

const STOPPING = "not stopped within 2000 ms: it is stopping";
const OLD = "x".repeat(1000);

async function failReset(t: Test, pos: SampleService, error: object): Promise<DatabaseResetReport> {
  const agent = await startTestAgent(t, pos);
  const report = await resetDatabase(agent);
  t.match(report, { step: "failed", error });
  return report;
}

/** Leaves a command out of the agent's configuration. */
async function withoutCommand(pos: SampleService, verb: "start" | "stop"): Promise<void> {
  const config = JSON.parse(await pos.read("agent.json"));
  delete config.service.commands[verb];
  await writeFile(pos.path("agent.json"), JSON.stringify(config));
}

async function isUntouched(t: Test, pos: SampleService, report: DatabaseResetReport): Promise<void> {
  t.match(report, { resetAt: null, movedFiles: { length: 0 } });
  t.equal(await pos.read("pos.db"), OLD);
  t.equal(await pos.read("pos.db-wal"), "x".repeat(24));
  if (existsSync(pos.path("quarantine"))) t.same(await readdir(pos.path("quarantine")), []);
}

const AT_THE_SERVICE: [
  what: string,
  settings: Parameters<typeof makeSampleService>[1],
  prepare: (pos: SampleService) => Promise<void>,
  failed: { error: object; service?: string; calls?: string[] },
][] = [
  [
    "no database: the service is left alone",
    { database: { files: ["*.mdf"] } },
    async () => {},
    { error: { error: "no_database", message: /^no \*\.mdf in / }, calls: [] },
  ],
  [
    "a service that is not installed",
    {},
    (pos) => writeFile(pos.path("service-state.txt"), "not_installed\n"),
    { error: { error: "service_not_installed" }, service: "not_installed" },
  ],
  [
    "a service that may not be stopped goes on running",
    {},
    (pos) => pos.behave("refuses-stop"),
    { error: { error: "stop_failed", message: /exit code 5: Access is denied\.$/ }, service: "running" },
  ],
  [
    "a service that does not stop in time",
    { service: { stopTimeoutMs: 2_000 } },
    (pos) => pos.behave("hangs-at-stop"),
    { error: { error: "stop_timeout", message: STOPPING }, service: "stopping", calls: ["stop"] },
  ],
  ...(["start", "stop"] as const).map((verb): (typeof AT_THE_SERVICE)[number] => [
    `${verb} that is no command, which is named before anything happens`,
    {},
    (pos) => withoutCommand(pos, verb),
    { error: { error: `${verb}_failed`, message: `service.commands.${verb} is not configured` }, calls: [] },
  ]),
];

for (const [what, settings, prepare, { error, service, calls }] of AT_THE_SERVICE) {
  t.test(`nothing is moved: ${what}`, async (t) => {
    const pos = await makeSampleService(t, settings);
    await prepare(pos);
    const report = await failReset(t, pos, error);
    await isUntouched(t, pos, report);
    if (service) t.equal(report.service, service);
    if (calls) t.same(pos.calls(), calls);
  });
}

t.test("a file that stays open: nothing is moved, and the service runs again", async (t) => {
  const folder = t.testdir({});
  const released = join(folder, "asked");
  const byName = join(folder, "asked by name");
  const releaseCommands = [["/bin/t*uch", released], ["/does/not/exist"], ["touch", byName]];
  const pos = await makeSampleService(t, { database: { releaseTimeoutMs: 500, releaseCommands } });
  const handle = await open(pos.path("pos.db-wal"));
  t.teardown(() => handle.close());
  const report = await failReset(t, pos, {
    error: "database_in_use",
    message: new RegExp(`^pos\\.db-wal is open in \\S+ \\(${process.pid}\\)$`),
  });
  t.ok(existsSync(released), "what holds it was asked to let go");
  t.notOk(existsSync(byName), "but by no program that could lie anywhere");
  await isUntouched(t, pos, report);
  t.equal(report.service, "running");
  t.same(pos.calls(), ["stop", "start"]);
});

t.test("a quarantine on another disk is found before the service is stopped", async (t) => {
  const pos = await makeSampleService(t);
  await symlink(makeFolderOnAnotherDisk(t), pos.path("quarantine"));
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
