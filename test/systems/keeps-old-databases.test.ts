import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { acquireLock } from "../../src/agent/files/lock.ts";
import { quarantineName } from "../../src/agent/quarantine/quarantine-folder.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startTestAgent } from "../helpers/agent.ts";
import { resetDatabase } from "../helpers/agent-commands.ts";
import { startProgram } from "../helpers/program.ts";
import { makeSampleService, type SampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

const OLD = "x".repeat(1000);

async function quarantine(t: Test, pos: SampleService, ...words: string[]) {
  const args = ["--config", pos.path("agent.json"), "quarantine", ...words];
  const program = startProgram(t, "src/agent/main.ts", { args });
  return { exitCode: await program.ended, output: program.output() };
}

/** A POS server whose database was reset. @returns the name of the folder with the old one. */
async function makeReset(t: Test, pos: SampleService): Promise<string> {
  const agent = await startTestAgent(t, pos);
  await resetDatabase(agent);
  const [time = ""] = await readdir(pos.path("quarantine"));
  await waitFor(() => existsSync(pos.path(`quarantine/${time}/manifest.json`)));
  await agent.close();
  return time;
}

t.test("a database comes back as it was, and the present one goes to quarantine", async (t) => {
  const pos = await makeSampleService(t);
  const time = await makeReset(t, pos);
  const list = await quarantine(t, pos, "list");
  t.equal(list.exitCode, 0);
  t.match(list.output, `${time}  (перемещено `);
  t.match(list.output, "файлов: 2, всего 1 КБ");

  const { exitCode, output } = await quarantine(t, pos, "restore", time);
  t.equal(exitCode, 0, output);
  t.match(output, "контрольные суммы верны");
  t.match(output, "Возвращён файл pos.db-wal (24 Б)");
  t.match(output, `База из карантина ${time} восстановлена.`);
  t.match(output, "Служба работает.");
  t.equal(await pos.read("pos.db"), OLD);
  t.equal(await pos.read("pos.db-wal"), "x".repeat(24));
  t.same(pos.calls(), ["stop", "start", "stop", "start"]);
  t.match(await pos.read("service-state.txt"), /^running/);

  const [replaced = "", ...more] = await readdir(pos.path("quarantine"));
  t.same(more, []);
  t.equal(await pos.read(`quarantine/${replaced}/pos.db`), "new database");
  const manifest = JSON.parse(await pos.read(`quarantine/${replaced}/manifest.json`));
  t.match(manifest, { key: null, files: [{ name: "pos.db", bytes: 12 }] });
});

t.test("a service that was stopped stays stopped", async (t) => {
  const pos = await makeSampleService(t);
  const time = await makeReset(t, pos);
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  await rm(pos.path("pos.db"));
  const { exitCode, output } = await quarantine(t, pos, "restore", time);
  t.equal(exitCode, 0, output);
  t.match(output, "осталась остановленной");
  t.match(output, "Нынешней базы нет");
  t.equal(await pos.read("pos.db"), OLD);
  t.same(pos.calls(), ["stop", "start"]);
});

t.test("a restore that was cut short is finished by repeating it", async (t) => {
  const pos = await makeSampleService(t);
  const time = await makeReset(t, pos);
  // As if it had been killed after the present database was moved away and one file of two was back.
  await rm(pos.path("pos.db"));
  await writeFile(pos.path("service-state.txt"), "stopped\n");
  await writeFile(pos.path("pos.db"), await pos.read(`quarantine/${time}/pos.db`));
  await rm(pos.path(`quarantine/${time}/pos.db`));
  const { exitCode, output } = await quarantine(t, pos, "restore", time);
  t.equal(exitCode, 0, output);
  t.equal(await pos.read("pos.db"), OLD);
  t.equal(await pos.read("pos.db-wal"), "x".repeat(24));
  t.same(await readdir(pos.path("quarantine")), []);
});

t.test("nothing changes when the database cannot be trusted or something else is under way", async (t) => {
  const pos = await makeSampleService(t);
  const time = await makeReset(t, pos);
  const refused = async (name: string, reason: string) => {
    const { exitCode, output } = await quarantine(t, pos, "restore", name);
    t.equal(exitCode, 1);
    t.match(output, reason);
    t.equal(await pos.read("pos.db"), "new database");
    t.same(pos.calls(), ["stop", "start"]);
  };
  await refused("2026-01-01T00-00-00-000Z", "нет папки 2026-01-01T00-00-00-000Z");
  await refused("../Logs", "нет папки ../Logs");

  const release = await acquireLock("command", join(pos.root, "state"));
  await refused(time, "Агент сейчас сбрасывает базу");
  await release?.();

  await writeFile(pos.path(`quarantine/${time}/pos.db`), `${OLD.slice(1)}y`);
  await refused(time, "Файл pos.db изменился");
  await rm(pos.path(`quarantine/${time}/pos.db`));
  await refused(time, "Файла pos.db нет");
  await rm(pos.path(`quarantine/${time}/manifest.json`));
  await refused(time, "нет описи");
});

t.test("an empty quarantine says so, and a wrong command line is none", async (t) => {
  const pos = await makeSampleService(t);
  const { exitCode, output } = await quarantine(t, pos, "list");
  t.equal(exitCode, 0);
  t.match(output, "ничего нет");
  for (const words of [[], ["restore"], ["list", "x"], ["restore", "x", "y"], ["remove", "x"]])
    t.equal((await quarantine(t, pos, ...words)).exitCode, 2, words.join(" "));
});

const daysAgo = (days: number) => quarantineName(Date.now() - days * DAY_MS);

async function fill(pos: SampleService, names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(pos.path(`quarantine/${name}`), { recursive: true });
    await writeFile(pos.path(`quarantine/${name}/pos.db`), "old");
  }
}

t.test("what lies in quarantine too long is removed when the agent starts", async (t) => {
  const pos = await makeSampleService(t);
  const [young, old] = [daysAgo(13.9), daysAgo(14.1)];
  await fill(pos, [young, old, daysAgo(100), `${daysAgo(50)}-later`, "by hand"]);
  await startTestAgent(t, pos);
  await waitFor(async () => (await readdir(pos.path("quarantine"))).length === 2);
  t.same((await readdir(pos.path("quarantine"))).sort(), [young, "by hand"].sort());
});

t.test("the newest is kept however old it is, and a setting says how old the others may be", async (t) => {
  const pos = await makeSampleService(t, { database: { quarantineDays: 30 } });
  const newest = daysAgo(40);
  await fill(pos, [newest, `${newest}-later`, daysAgo(41)]);
  await startTestAgent(t, pos);
  await waitFor(async () => (await readdir(pos.path("quarantine"))).length === 2);
  t.same((await readdir(pos.path("quarantine"))).sort(), [newest, `${newest}-later`]);

  const younger = await makeSampleService(t, { database: { quarantineDays: 30 } });
  await fill(younger, [daysAgo(1), daysAgo(29), daysAgo(31)]);
  await startTestAgent(t, younger);
  await waitFor(async () => (await readdir(younger.path("quarantine"))).length === 2);
});
