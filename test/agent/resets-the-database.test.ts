import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, rename, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { DatabaseResetReport } from "../../src/protocol/commands.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { callAgent, startTestAgent } from "../helpers/agent.ts";
import { resetDatabase, sendCommand } from "../helpers/agent-commands.ts";
import { makeFolderOnAnotherDisk } from "../helpers/folder.ts";
import { makeSampleService, type SampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

t.test("the database goes to quarantine with a manifest, and the service makes a new one", async (t) => {
  const pos = await makeSampleService(t);
  const old = { "pos.db": await pos.read("pos.db"), "pos.db-wal": await pos.read("pos.db-wal") };
  const agent = await startTestAgent(t, pos);
  const key = randomUUID();

  const accepted = await sendCommand(agent, "/v1/database-resets", { key });
  t.match(accepted, { status: 202, body: { step: "stopping_service", movedFiles: { length: 0 } } });

  const report = await resetDatabase(agent, { key });
  t.match(report, { step: "done", error: null, service: "running" });
  const moved = report.movedFiles.map(({ name, bytes }) => `${name} ${bytes}`);
  t.same(moved.sort(), ["pos.db 1000", "pos.db-wal 24"]);
  t.ok(Math.abs(Date.now() - Date.parse(report.resetAt ?? "")) < 60_000);
  t.same(pos.calls(), ["stop", "start"]);
  t.equal(await pos.read("pos.db"), "new database");
  t.notOk(existsSync(pos.path("pos.db-wal")));
  t.equal(await pos.read("settings.xml"), "no database");

  const [time = "", ...more] = await readdir(pos.path("quarantine"));
  t.same(more, []);
  t.match(time, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/);
  await waitFor(() => existsSync(pos.path(`quarantine/${time}/manifest.json`)));
  const manifest = JSON.parse(await pos.read(`quarantine/${time}/manifest.json`));
  const files = Object.entries(old).map(([name, content]) => {
    return { name, bytes: content.length, sha256: sha256(content) };
  });
  t.same(manifest, { movedAt: report.resetAt, key, files });
  for (const [name, content] of Object.entries(old))
    t.equal(await pos.read(`quarantine/${time}/${name}`), content);

  const status = (await callAgent(agent, "/v1/status")).body as StatusReport;
  t.match(status.database, { exists: true, bytes: "new database".length });
});

t.test("a service that is not to be started stays so; a later database is younger", async (t) => {
  const pos = await makeSampleService(t);
  // Windows hands the creation time of a file on to the next one with its name, as if an older file came in its place.
  await writeFile(pos.path("older.txt"), "older than the reset");
  const agent = await startTestAgent(t, pos);
  const report = await resetDatabase(agent, { startService: false });
  t.match(report, { step: "done", service: "stopped" });
  t.same(pos.calls(), ["stop"]);
  const status = (await callAgent(agent, "/v1/status")).body as StatusReport;
  t.match(status, { database: { exists: false, bytes: 0, createdAt: null }, service: { state: "stopped" } });
  await rename(pos.path("older.txt"), pos.path("pos.db"));
  await waitFor(async () => {
    const { database } = (await callAgent(agent, "/v1/status")).body as StatusReport;
    return database?.exists === true && database.createdAt === report.resetAt;
  });
});

t.test("files of subfolders keep their places; logs, configuration and the agent's files stay", async (t) => {
  const files = ["**/*.db*", "**/*.log", "**/*.config", "**/*.json", "parts/**/*.mdf"];
  const pos = await makeSampleService(t, { database: { files } });
  const kept = {
    "Logs/2026-11-24/pos.log": "log",
    "iikoCard5.exe.config": "configuration",
    "state/notes.db": "the agent's",
    "agent.json": await pos.read("agent.json"),
  };
  await mkdir(pos.path("Logs/2026-11-24"));
  await mkdir(pos.path("state"));
  await mkdir(pos.path("parts/a"), { recursive: true });
  await writeFile(pos.path("parts/a/guests.mdf"), "guests");
  for (const [name, content] of Object.entries(kept)) await writeFile(pos.path(name), content);
  const agent = await startTestAgent(t, pos);
  const { movedFiles } = await resetDatabase(agent);
  t.same(movedFiles.map(({ name }) => name).sort(), ["parts/a/guests.mdf", "pos.db", "pos.db-wal"]);
  const [time = ""] = await readdir(pos.path("quarantine"));
  t.equal(await pos.read(`quarantine/${time}/parts/a/guests.mdf`), "guests");
  for (const [name, content] of Object.entries(kept)) t.equal(await pos.read(name), content, name);
  t.ok(existsSync(pos.path("state/identity.json")));
});

t.test("a database beside its logs is found, and a service that is stopped already is started", async (t) => {
  const pos = await makeSampleService(t, {
    database: { files: ["**/*"] },
    logs: { directory: ".", files: ["*.log", "*.txt", "*.sh", "*.xml", "*.json"] },
  });
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  const report = await resetDatabase(await startTestAgent(t, pos));
  t.match(report, { step: "done", service: "running" });
  t.same(pos.calls(), ["start"]);
  t.same(report.movedFiles.map(({ name }) => name).sort(), ["pos.db", "pos.db-wal"]);
});

const STOPPING = "not stopped within 1000 ms: it is stopping";
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
    { service: { stopTimeoutMs: 1_000 } },
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
  const pos = await makeSampleService(t, { database: { releaseTimeoutMs: 3_000, releaseCommands } });
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
    const pos = await makeSampleService(t, { service: { startTimeoutMs: 5_000 } });
    await pos.behave(way);
    const report = await failReset(t, pos, error);
    t.match(report.resetAt, /^\d{4}-/);
    t.equal(report.movedFiles.length, 2);
    t.notOk(existsSync(pos.path("pos.db")));
  }
});
