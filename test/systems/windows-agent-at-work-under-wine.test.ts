import { execFile } from "node:child_process";
import { createPublicKey, randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { buildHost } from "../../src/packaging/build-host.ts";
import { updateKeyId } from "../../src/protocol/agent-update.ts";
import { bundleOf, SIGNING_KEY } from "../helpers/agent-updates.ts";
import { REAL_CLOCK } from "../helpers/clock.ts";
import { makeFolder } from "../helpers/folder.ts";
import { RUNNING, startPackagedAgent, VERSION } from "../helpers/packaged-agent.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { offerUpdate } from "../helpers/updatable-agents.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { noWine } from "../helpers/wine.ts";
import { readArchive } from "../helpers/zip-contents.ts";

const run = promisify(execFile);
const COMPILER = "x86_64-w64-mingw32-gcc-win32";
const POS_SERVICE = "HeldPos";
const MEGABYTE = 1024 * 1024;
const LARGE = randomBytes(24 * MEGABYTE);
const CONFIGURATION = {
  crmId: { value: "100237" },
  version: { value: "34.2.117.0" },
  service: { names: [POS_SERVICE] },
  dataDirectory: "C:\\pos",
  logs: { maxBytesPerSecond: 12 * MEGABYTE },
};
/** Ends at once. */
const BROKEN = "process.exit(3);";
/** Runs until it is told to stop, and never serves. */
const SILENT = "process.stdin.resume().on('end', () => process.exit(7)); setInterval(() => {}, 1000);";

t.test("an installed agent works over a connection that is cut", { skip: noWine }, async (t) => {
  const agent = await startPackagedAgent(t, { clock: REAL_CLOCK });
  const { monitor, client, wine, program, data, unpacked, log, started } = agent;
  const { db } = monitor.app.database;
  const statusOf = () => db.selectFrom("posStatus").selectAll().executeTakeFirstOrThrow();
  const logRequest = () => db.selectFrom("logRequest").selectAll().executeTakeFirstOrThrow();
  const reset = () => db.selectFrom("databaseReset").selectAll().executeTakeFirstOrThrow();
  const admin = await signedIn(monitor, { isAdministrator: true });
  const source = join(import.meta.dirname, "held-pos-server.c");
  await run(COMPILER, ["-std=c17", "-O2", "-static", "-o", wine.path("held.exe"), source]);
  mkdirSync(wine.path("pos", "Logs", "Архив"), { recursive: true });
  writeFileSync(wine.path("pos", "Logs", "Архив", "большой журнал.log"), LARGE);
  await wine.run("sc.exe", "create", POS_SERVICE, "binPath=", "C:\\held.exe", "start=", "demand");
  await wine.run("sc.exe", "start", POS_SERVICE);
  await waitFor(() => readdirSync(wine.path("pos")).includes("CardService.mdf"));
  mkdirSync(data.path(), { recursive: true });
  data.write("agent.json", JSON.stringify(CONFIGURATION));
  const installed = await unpacked("install", "--code", await agent.makeCode());
  t.equal(installed.exitCode, 0, installed.output);
  const [{ id } = { id: 0 }] = await agent.registered();
  await waitFor(async () => {
    await monitor.app.pollNow(id);
    return (await statusOf()).state === "synced";
  }).catch(async (error: unknown) => {
    t.comment(await statusOf(), log());
    throw error;
  });
  t.match(await statusOf(), { serviceState: "running", databaseExists: 1 });

  await t.test("logs with names of any letters arrive whole, one that is held is named", async (t) => {
    // Days of UTC: with the viewer it may be tomorrow already.
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const period = { from: `${day(-2)}T00:00`, to: `${day(2)}T00:00`, maxMegabytes: "100" };
    const asked = await admin.post(`/pos-servers/${id}/log-requests`, period);
    t.equal(asked.statusCode, 303);
    for (const share of [0.1, 0.3]) {
      await waitFor(async () => (await logRequest()).receivedBytes > share * LARGE.length);
      client.agents.forget(id);
      await waitFor(() => client.agents.find(id) !== null);
    }
    await waitFor(async () => (await logRequest()).finishedAt !== null);
    const files = new Map<string, Buffer>();
    for (const archive of await db.selectFrom("logArchive").select("id").execute()) {
      const { rawPayload } = await admin.get(`/log-archives/${archive.id}`);
      for (const [name, { content }] of await readArchive(rawPayload)) files.set(name, content);
    }
    t.ok(files.get("Архив/большой журнал.log")?.equals(LARGE));
    t.match(files.get("Обмен.log")?.toString(), "Обмен с главным сервером успешно завершён");
    t.match(files.get("_README.txt")?.toString(), "занят.log");
  });

  await t.test("a database that its service holds is moved away once the service has stopped", async (t) => {
    const order = { crmId: "100237", startService: "1" };
    const asked = await admin.post(`/pos-servers/${id}/database-resets`, order);
    t.equal(asked.statusCode, 303);
    client.agents.forget(id);
    await waitFor(async () => (await reset()).finishedAt !== null);
    t.match(await reset(), { step: "done", failureCode: null });
    const [folder = ""] = readdirSync(wine.path("pos", "quarantine"));
    const kept = wine.path("pos", "quarantine", folder);
    const moved = readdirSync(kept).filter((name) => name.endsWith(".mdf"));
    t.same(moved, ["CardService.mdf"]);
    t.ok(readdirSync(wine.path("pos")).includes("CardService.mdf"), "the service has made another");
    t.match(readFileSync(join(kept, "CardService.mdf"), "utf8"), /^(kept\r\n)+$/);
    t.match(JSON.parse((await unpacked("service-state", POS_SERVICE)).output), { state: RUNNING });
  });

  await t.test("it is updated, and goes back from what does not start, or does not serve", async (t) => {
    const reported = async () => {
      const polled = await monitor.app.pollNow(id);
      return polled.ok ? polled.report.agent : null;
    };
    const update = async (version: string, code: string | Buffer) => {
      await offerUpdate(monitor.dataDir, SIGNING_KEY, version, code);
      t.equal((await admin.post("/agents/rollouts", { version, first: "" })).statusCode, 303);
    };
    const page = async () => textOf((await admin.get("/enrolments")).body);
    const updates = { key: updateKeyId(createPublicKey(SIGNING_KEY)), rejected: null };
    t.match(await reported(), { updates });
    await update("9.10.0", await bundleOf("9.10.0"));
    await waitFor(async () => (await reported())?.version === "9.10.0");
    await waitFor(async () => /Обновлены все, кого можно обновить/.test(await page()));
    t.match(log(), `the agent ${VERSION} ended with 75`);
    await waitFor(() => program.read("confirmed.txt") === "9.10.0");
    await waitFor(() => readdirSync(program.path("versions")).length === 2);
    t.same(readdirSync(program.path("versions")).sort(), [VERSION, "9.10.0"]);

    await update("9.10.1", BROKEN);
    await waitFor(async () => (await reported())?.updates?.rejected === "9.10.1");
    t.equal(started("9.10.1"), 3);
    await waitFor(async () => /Остановилось .* агент вернулся к прежней/.test(await page()));

    await agent.stop();
    const impatient = await buildHost(makeFolder(t), VERSION, ["-DTRIAL_MS=3000"]);
    copyFileSync(impatient, program.path("poswatch-agent.exe"));
    await agent.start();
    // One that was silent lately is offered nothing.
    await waitFor(async () => (await reported())?.version === "9.10.0");
    await update("9.10.2", SILENT);
    await waitFor(async () => (await reported())?.updates?.rejected === "9.10.2");
    t.equal(started("9.10.2"), 1);
    t.match(log(), "the agent 9.10.2 ended with 7");
    t.equal((await reported())?.version, "9.10.0");
  });
});
