import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import t from "tap";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { callAgent, startTestAgent } from "../helpers/agent.ts";
import { resetDatabase, sendCommand } from "../helpers/agent-commands.ts";
import { startSampleAgent } from "../helpers/sample-agent.ts";
import { makeSampleService } from "../helpers/sample-service.ts";
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

t.test("the service stays stopped if it is not to be started", async (t) => {
  const { pos, agent } = await startSampleAgent(t);
  const report = await resetDatabase(agent, { startService: false });
  t.match(report, { step: "done", service: "stopped" });
  t.same(pos.calls(), ["stop"]);
  const status = (await callAgent(agent, "/v1/status")).body as StatusReport;
  t.match(status, { database: { exists: false, bytes: 0, createdAt: null }, service: { state: "stopped" } });
});

t.test("the new database is younger than the reset, whatever its file system says", async (t) => {
  const pos = await makeSampleService(t);
  // Windows hands the creation time of a file on to the next one with its name, as if an older file came in its place.
  await writeFile(pos.path("older.txt"), "older than the reset");
  const agent = await startTestAgent(t, pos);
  const { resetAt } = await resetDatabase(agent, { startService: false });
  await rename(pos.path("older.txt"), pos.path("pos.db"));
  await waitFor(async () => {
    const { database } = (await callAgent(agent, "/v1/status")).body as StatusReport;
    return database?.exists === true && database.createdAt === resetAt;
  });
});

t.test("a service that is stopped already is fine", async (t) => {
  const pos = await makeSampleService(t);
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  const agent = await startTestAgent(t, pos);
  t.match(await resetDatabase(agent), { step: "done", service: "running" });
  t.same(pos.calls(), ["start"]);
});

t.test("files in subfolders keep their places", async (t) => {
  const pos = await makeSampleService(t, { database: { files: ["*.db*", "parts/**/*.mdf"] } });
  await mkdir(pos.path("parts/a"), { recursive: true });
  await writeFile(pos.path("parts/a/guests.mdf"), "guests");
  const agent = await startTestAgent(t, pos);
  const report = await resetDatabase(agent);
  t.same(report.movedFiles.map(({ name }) => name).sort(), ["parts/a/guests.mdf", "pos.db", "pos.db-wal"]);
  const [time = ""] = await readdir(pos.path("quarantine"));
  t.equal(await pos.read(`quarantine/${time}/parts/a/guests.mdf`), "guests");
});

t.test("however wide a pattern is, logs, configuration and the agent's own files stay", async (t) => {
  const files = ["**/*.db*", "**/*.log", "**/*.config", "**/*.json"];
  const pos = await makeSampleService(t, { database: { files } });
  const kept = {
    "Logs/2026-11-24/pos.log": "log",
    "iikoCard5.exe.config": "configuration",
    "state/notes.db": "the agent's",
    "agent.json": await pos.read("agent.json"),
  };
  await mkdir(pos.path("Logs/2026-11-24"));
  await mkdir(pos.path("state"));
  for (const [name, content] of Object.entries(kept)) await writeFile(pos.path(name), content);
  const agent = await startTestAgent(t, pos);
  const { movedFiles } = await resetDatabase(agent);
  t.same(movedFiles.map(({ name }) => name).sort(), ["pos.db", "pos.db-wal"]);
  for (const [name, content] of Object.entries(kept)) t.equal(await pos.read(name), content, name);
  t.ok(existsSync(pos.path("state/identity.json")));
});

t.test("a database beside its logs is found too", async (t) => {
  const { agent } = await startSampleAgent(t, {
    database: { files: ["**/*"] },
    logs: { directory: ".", files: ["*.log", "*.txt", "*.sh", "*.xml", "*.json"] },
  });
  const { movedFiles } = await resetDatabase(agent);
  t.same(movedFiles.map(({ name }) => name).sort(), ["pos.db", "pos.db-wal"]);
});
