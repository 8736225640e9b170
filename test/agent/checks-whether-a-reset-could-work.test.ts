import { mkdir, rm, symlink } from "node:fs/promises";
import t, { type Test } from "tap";
import { startProgram } from "../helpers/program.ts";
import { makeSampleService, type SampleService } from "../helpers/sample-service.ts";

async function check(t: Test, pos: SampleService): Promise<string> {
  const args = ["--config", pos.path("agent.json"), "--check"];
  const program = startProgram(t, "src/agent/main.ts", { args });
  await program.ended;
  return program.output();
}

t.test("--check names the files that a reset would move, and changes nothing else", async (t) => {
  const pos = await makeSampleService(t);
  const output = await check(t, pos);
  t.match(output, "будут перемещены в карантин: pos.db, pos.db-wal\n");
  t.match(output, `карантин: ${pos.path("quarantine")}, хранится дней: 14`);
  t.notMatch(output, "сброс не удастся");
  t.equal((await pos.read("pos.db")).length, 1000);
  t.same(pos.calls(), []);
});

t.test("--check warns where a reset could not work", async (t) => {
  const pos = await makeSampleService(t, { service: { commands: { status: ["echo", "running"] } } });
  const otherDisk = `/dev/shm/poswatch-check-${process.pid}`;
  await mkdir(otherDisk);
  t.teardown(() => rm(otherDisk, { recursive: true }));
  await symlink(otherDisk, pos.path("quarantine"));
  const output = await check(t, pos);
  t.match(output, "ВНИМАНИЕ: сброс не удастся: не настроено service.commands.stop");
  t.match(output, "ВНИМАНИЕ: сброс не удастся: не настроено service.commands.start");
  t.match(output, "ВНИМАНИЕ: сброс не удастся, файлы нельзя переместить: EXDEV");

  const empty = await makeSampleService(t, { database: { files: ["*.mdf"] } });
  t.match(await check(t, empty), "ВНИМАНИЕ: файлов базы нет, сбрасывать нечего");
});
