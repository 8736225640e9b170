import { symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import iconv from "iconv-lite";
import t, { type Test } from "tap";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { type AgentFolder, callAgent, makeAgentFolder } from "../helpers/agent.ts";
import { makeFolderOnAnotherDisk } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { failedLine, minutesAgo, otherLine, succeededLine } from "../helpers/log-folder.ts";
import { findFreePort, NOBODYS_PORT, startProgram } from "../helpers/program.ts";
import { makeSampleService, type SampleService } from "../helpers/sample-service.ts";
import { waitFor } from "../helpers/wait-for.ts";

async function runProgram(t: Test, ...args: string[]): Promise<{ exitCode: unknown; output: string }> {
  const { ended, output } = startProgram(t, "src/agent/main.ts", { args });
  return { exitCode: await ended, output: output() };
}

const configFile = (folder: AgentFolder) => join(folder.root, "agent.json");

t.test("the agent is paired by its pairing string, serves, and stops on a signal", async (t) => {
  const folder = await makeAgentFolder(t, { port: await findFreePort() });
  const { exitCode, output } = await runProgram(t, "--config", configFile(folder), "pairing");
  t.equal(exitCode, 0);
  const pairing = parsePairingString(output);
  t.ok(pairing);

  const program = startProgram(t, "src/agent/main.ts", { args: ["--config", configFile(folder)] });
  await waitFor(() => program.output().includes("agent is ready"));
  const agent = { address: pairing?.address ?? "", pairingString: output, close: async () => {} };
  const { fingerprint, posServerId } = pairing ?? {};
  t.match(await callAgent(agent, "/v1/status"), { status: 200, fingerprint, body: { posServerId } });
  t.notMatch(program.output(), pairing?.token ?? "missing");

  t.equal(await program.end(), 0);
});

t.test("the pairing string has the public address, with its own port or that of the agent", async (t) => {
  for (const [publicAddress, address] of [
    ["pos-7.lan", "https://pos-7.lan:8443/r"],
    ["pos-7.lan:9000", "https://pos-7.lan:9000/r"],
  ]) {
    const folder = await makeAgentFolder(t, { publicAddress, port: 8443, pathPrefix: "/r" });
    const { output } = await runProgram(t, "pairing", "--config", configFile(folder));
    t.equal(parsePairingString(output)?.address, address);
  }
});

t.test("a wrong command line prints the usage and ends with 2", async (t) => {
  for (const words of ["", "--config", "--nothing", "--config x serve", "--config x pairing y"]) {
    const { exitCode, output } = await runProgram(t, ...words.split(" ").filter(Boolean));
    t.equal(exitCode, 2, words);
    t.match(output, /^Запуск: (?:npm run agent --|node ".*agent\.cjs") --config ФАЙЛ/m);
  }
});

t.test("a wrong configuration, or a taken port, ends with 1 and a line for each problem", async (t) => {
  const folder = await makeAgentFolder(t, { port: -1, nothing: true });
  const { exitCode, output } = await runProgram(t, "--config", configFile(folder));
  t.equal(exitCode, 1);
  t.match(output, /^\/nothing: такой настройки нет$/m);
  t.match(output, /^\/port: ожидается число не меньше 0, указано -1$/m);

  const anyPort = await makeAgentFolder(t, { port: 0 });
  const withoutPort = await runProgram(t, "--config", configFile(anyPort), "pairing");
  t.equal(withoutPort.exitCode, 1);
  t.equal(withoutPort.output, "/port: не может быть 0: порт записывается в строку сопряжения\n");
  const everywhere = await makeAgentFolder(t, { host: "0.0.0.0", port: 8443 });
  const { output: printed } = await runProgram(t, "--config", configFile(everywhere), "pairing");
  t.match(printed, /^publicAddress не указан: монитор должен находить этот компьютер/m);
  const port = await listen(t, createServer());
  const taken = await runProgram(t, "--config", configFile(await makeAgentFolder(t, { port })));
  t.equal(taken.exitCode, 1);
  t.match(taken.output, `EADDRINUSE: address already in use 127.0.0.1:${port}`);
});

t.test("--check prints what it found", async (t) => {
  const folder = await makeAgentFolder(t, { utcOffsetMinutes: 0, checks: { port: NOBODYS_PORT } });
  const failed = failedLine(minutesAgo(7), "нарушена целостность базы");
  const log = succeededLine(minutesAgo(9)) + succeededLine(minutesAgo(8)) + failed;
  await writeFile(join(folder.logs, "pos.log"), iconv.encode(log, "win1251"));
  const { exitCode, output } = await runProgram(t, "--config", configFile(folder), "--check");
  t.equal(exitCode, 0, output);
  t.match(output, /пояс UTC\+00:00/);
  t.match(output, "sample: работает");
  t.match(output, "запущена 20.11.2026 05:00:11");
  t.match(output, "34.2.117.0");
  t.match(output, "файлов: 2, всего 1 КБ");
  t.match(output, /новейший: pos\.log, изменён /);
  t.match(output, "просмотрено строк: 3");
  t.match(output, "начат: подошло строк 0");
  t.match(output, "успешен: подошло строк 2");
  t.match(output, `последняя: ${succeededLine(minutesAgo(8)).trim()}`);
  t.match(output, "ошибка: подошло строк 1");
  t.match(output, "текст ошибки: нарушена целостность базы");
  t.match(output, "iikocard5: POS-сервер iikoCard5");
  t.match(output, `ВНИМАНИЕ: порт POS-сервера: ${NOBODYS_PORT}: соединение отклонено`);
  t.match(output, "главный сервер: неизвестно: адрес не задан (checks)");
  t.match(output, "файлы базы данных: на месте, формат не распознан");
  t.match(output, "Необходимое для отчётов найдено. Посмотрите строки «ВНИМАНИЕ».");
});

t.test("--check warns plainly about what is missing and ends with 1", async (t) => {
  const folder = await makeAgentFolder(t, {
    version: { file: "missing.txt" },
    service: { names: ["absent"], control: "commands", commands: { status: ["echo", "not_installed"] } },
    database: { files: ["*.mdf"] },
    profile: "rkeeper7",
    logs: { files: ["*.log"], directory: "Logs", attempted: ["(?=x)обмен"] },
  });
  await writeFile(join(folder.logs, "pos.log"), "no time, no exchange\nSynchronization completed\n");
  const { exitCode, output } = await runProgram(t, "--config", configFile(folder), "--check");
  t.equal(exitCode, 1);
  t.match(output, "ВНИМАНИЕ: службы не найдены: absent");
  t.match(output, /ВНИМАНИЕ: не удалось прочитать: такого файла или папки нет: \S+missing\.txt \(ENOENT\)$/m);
  t.match(output, `ВНИМАНИЕ: в папке ${folder.root} нет файлов по маскам *.mdf`);
  t.match(
    output,
    /Обмен с главным сервером\n {2}ВНИМАНИЕ: ни у одной строки не распознано время.*Synchronization completed\n.*«20261124 100001» задайте logs.timestamp/,
    "before anything else",
  );
  t.match(output, "ВНИМАНИЕ: строк об ошибке обмена нет");
  t.match(output, "ВНИМАНИЕ: этот профиль ещё не проверялся");
  t.match(output, /ВНИМАНИЕ: \/logs\/attempted\/0: этим выражением агент пользоваться не может/);
  t.match(output, "Не найдено необходимое");

  const empty = await makeAgentFolder(t, { logs: { directory: "none" } });
  const withoutLogs = await runProgram(t, "--config", configFile(empty), "--check");
  t.equal(withoutLogs.exitCode, 1);
  t.match(
    withoutLogs.output,
    /Логи\n {2}ВНИМАНИЕ: не удалось прочитать: такого файла или папки нет: \S+none \(ENOENT\)/,
  );
});

t.test("--check warns of what would make every exchange look successful", async (t) => {
  const check = async (succeeded: string[]) => {
    const folder = await makeAgentFolder(t, { logs: { directory: "Logs", succeeded } });
    const lines = Array.from({ length: 30 }, (_, minute) => otherLine(minutesAgo(30 - minute))).join("");
    await writeFile(join(folder.logs, "pos.log"), lines + succeededLine(minutesAgo(0)));
    return (await runProgram(t, "--config", configFile(folder), "--check")).output;
  };
  for (const pattern of [".*", "Касса \\d+"])
    t.match(await check([pattern]), /ВНИМАНИЕ: об успешном обмене будто бы говорит больше трёх четвертей/);
  t.notMatch(await check(["успешно завершён"]), /трёх четвертей/);
});

async function check(t: Test, pos: SampleService): Promise<string> {
  return (await runProgram(t, "--config", configFile(pos), "--check")).output;
}

t.test("--check names the files that a reset would move, or why it could not", async (t) => {
  const pos = await makeSampleService(t);
  const output = await check(t, pos);
  t.match(output, "будут перемещены в карантин: pos.db, pos.db-wal\n");
  t.match(output, `карантин: ${pos.path("quarantine")}, хранится дней: 14`);
  t.notMatch(output, "сброс не удастся");
  t.equal((await pos.read("pos.db")).length, 1000);
  t.same(pos.calls(), []);

  const unable = await makeSampleService(t, { service: { commands: { status: ["echo", "running"] } } });
  await symlink(makeFolderOnAnotherDisk(t), unable.path("quarantine"));
  const warned = await check(t, unable);
  t.match(warned, "ВНИМАНИЕ: сброс не удастся: не настроено service.commands.stop");
  t.match(warned, "ВНИМАНИЕ: сброс не удастся: не настроено service.commands.start");
  t.match(warned, "ВНИМАНИЕ: сброс не удастся, файлы нельзя переместить: EXDEV");

  const empty = await makeSampleService(t, { database: { files: ["*.mdf"] } });
  t.match(await check(t, empty), "ВНИМАНИЕ: файлов базы нет, сбрасывать нечего");
});
