import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import iconv from "iconv-lite";
import t, { type Test } from "tap";
import type { ServiceControlConfig } from "../../src/agent/config/service-config.ts";
import { decodeConsole } from "../../src/agent/machine/run-command.ts";
import { createServiceControl } from "../../src/agent/service-control/service-control.ts";
import { startService, stopService } from "../../src/agent/service-control/wait-for-service.ts";
import { parseServiceError } from "../../src/agent/service-control/windows.ts";
import { installPrograms } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

// Written by hand after Microsoft's and systemd's documentation: nobody recorded them on a real machine.
const ENGLISH = {
  accepted: `\r\nSERVICE_NAME: iikoCard5POS \r\n        TYPE               : 10  WIN32_OWN_PROCESS  \r\n        STATE              : 3  STOP_PENDING \r\n                                (NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)\r\n        WIN32_EXIT_CODE    : 0  (0x0)\r\n        SERVICE_EXIT_CODE  : 0  (0x0)\r\n        CHECKPOINT         : 0x1\r\n        WAIT_HINT          : 0x1388\r\n`,
  5: "[SC] OpenService FAILED 5:\r\n\r\nAccess is denied.\r\n\r\n",
  1051: "[SC] ControlService FAILED 1051:\r\n\r\nA stop control has been sent to a service that other running services are dependent on.\r\n\r\n",
  1053: "[SC] StartService FAILED 1053:\r\n\r\nThe service did not respond to the start or control request in a timely fashion.\r\n\r\n",
  1056: "[SC] StartService FAILED 1056:\r\n\r\nAn instance of the service is already running.\r\n\r\n",
  1058: "[SC] StartService FAILED 1058:\r\n\r\nThe service cannot be started, either because it is disabled or because it has no enabled devices associated with it.\r\n\r\n",
  1060: "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\nThe specified service does not exist as an installed service.\r\n\r\n",
  1061: "[SC] ControlService FAILED 1061:\r\n\r\nThe service cannot accept control messages at this time.\r\n\r\n",
  1062: "[SC] ControlService FAILED 1062:\r\n\r\nThe service has not been started.\r\n\r\n",
};
const RUSSIAN: typeof ENGLISH = {
  accepted: `\r\nИмя_службы: iikoCard5POS \r\n        Тип                : 10  WIN32_OWN_PROCESS  \r\n        Состояние          : 3  STOP_PENDING \r\n                                (NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)\r\n        Код_выхода_Win32   : 0  (0x0)\r\n        Код_выхода_службы  : 0  (0x0)\r\n        Контрольная_точка  : 0x1\r\n        Ожидание           : 0x1388\r\n`,
  5: "[SC] OpenService: ошибка: 5:\r\n\r\nОтказано в доступе.\r\n\r\n",
  1051: "[SC] ControlService: ошибка: 1051:\r\n\r\nКоманда остановки отправлена службе, от которой зависят другие работающие службы.\r\n\r\n",
  1053: "[SC] StartService: ошибка: 1053:\r\n\r\nСлужба не ответила на запрос своевременно.\r\n\r\n",
  1056: "[SC] StartService: ошибка: 1056:\r\n\r\nОдин экземпляр службы уже запущен.\r\n\r\n",
  1058: "[SC] StartService: ошибка: 1058:\r\n\r\nУказанная служба не может быть запущена, поскольку она отключена или все связанные с ней устройства отключены.\r\n\r\n",
  1060: "[SC] EnumQueryServicesStatus:OpenService: ошибка: 1060:\r\n\r\nУказанная служба не установлена.\r\n\r\n",
  1061: "[SC] ControlService: ошибка: 1061:\r\n\r\nСлужба в настоящее время не может принимать команды.\r\n\r\n",
  1062: "[SC] ControlService: ошибка: 1062:\r\n\r\nСлужба не запущена.\r\n\r\n",
};

/** Puts a program before the real one that records its arguments and answers with files of its folder. */
async function installProgram(t: Test, name: string) {
  const script =
    '#!/bin/sh\ncd "$(dirname "$0")"\nprintf "%s\\n" "$*" >> calls\ncat "./$1.out" 2>/dev/null\n' +
    'exit "$(cat "./$1.code" 2>/dev/null || echo 0)"\n';
  const folder = installPrograms(t, { [name]: script });
  await writeFile(join(folder, "calls"), "");
  return {
    async answer(verb: string, output: string | Uint8Array, code = 0) {
      await writeFile(join(folder, `${verb}.out`), output);
      await writeFile(join(folder, `${verb}.code`), String(code));
    },
    calls: async () => (await readFile(join(folder, "calls"), "utf8")).trim().split("\n"),
  };
}

const control = (config: Pick<ServiceControlConfig, "control"> & { control: "windows" | "systemd" }) =>
  createServiceControl({ ...config, names: ["iikoCard5POS"], timeoutMs: 60_000 }, { set: () => {} });

const waiting = (system: "windows" | "systemd", timeoutMs = 3_000) => ({
  control: control({ control: system }),
  timeoutMs,
  signal: new AbortController().signal,
  onState: () => {},
});

const query = (state: string, processId: number) =>
  `\r\nИмя_службы: iikoCard5POS \r\n        Тип                : 10  WIN32_OWN_PROCESS  \r\n        Состояние          : ${state} \r\n        Код_выхода_Win32   : 0  (0x0)\r\n        Код_выхода_службы  : 0  (0x0)\r\n        Контрольная_точка  : 0x0\r\n        Ожидание           : 0x0\r\n        ID_процесса        : ${processId}\r\n        Флаги              : \r\n`;

t.test("sc.exe: the command lines, and what counts as taken up, in English and Russian", async (t) => {
  const program = await installProgram(t, "sc.exe");
  const service = control({ control: "windows" });
  for (const outputs of [ENGLISH, RUSSIAN]) {
    for (const encoding of ["cp866", "utf-8", "win1251"]) {
      const encode = (text: string) => iconv.encode(text, encoding);
      await program.answer("stop", encode(outputs.accepted));
      await service.stop("iikoCard5POS");
      await program.answer("start", encode(outputs.accepted));
      await service.start("iikoCard5POS");
      for (const code of [1061, 1062] as const) {
        await program.answer("stop", encode(outputs[code]), code & 0xff);
        await service.stop("iikoCard5POS");
      }
      await program.answer("start", encode(outputs[1056]), 1056 & 0xff);
      await service.start("iikoCard5POS");

      for (const [verb, code] of [
        ["stop", 5],
        ["stop", 1051],
        ["start", 5],
        ["start", 1053],
        ["start", 1058],
      ] as const) {
        await program.answer(verb, encode(outputs[code]), code & 0xff);
        const said = outputs[code].split("\r\n")[2] ?? "";
        await t.rejects(service[verb]("iikoCard5POS"), { message: `${code}: ${said}` }, `${verb} ${code}`);
      }
    }
  }
  t.same([...new Set(await program.calls())], ["stop iikoCard5POS", "start iikoCard5POS"]);
});

t.test("sc.exe: the error code is what it prints, and its exit code where it prints none", (t) => {
  for (const outputs of [ENGLISH, RUSSIAN]) {
    t.equal(parseServiceError(0, outputs.accepted), 0);
    for (const code of [5, 1051, 1053, 1056, 1058, 1060, 1061, 1062] as const)
      t.equal(parseServiceError(36, outputs[code]), code);
  }
  t.equal(parseServiceError(1062, ""), 1062);
  t.end();
});

t.test("consoles of Russian Windows answer in one of three encodings", (t) => {
  for (const text of [RUSSIAN[5], RUSSIAN[1056], RUSSIAN[1058], "Служба не запущена.", "ОШИБКА"])
    for (const encoding of ["cp866", "win1251", "utf-8"])
      t.equal(decodeConsole(iconv.encode(text, encoding)), text, encoding);
  t.end();
});

t.test("windows: a service has stopped only when its process is gone too", async (t) => {
  const program = await installProgram(t, "sc.exe");
  const child = spawn("sleep", ["60"]);
  t.teardown(() => child.kill("SIGKILL"));
  await program.answer("queryex", query("4  RUNNING", child.pid ?? 0));
  await program.answer("stop", RUSSIAN.accepted);
  const stopped = stopService(waiting("windows", 60_000));
  await waitFor(async () => (await program.calls()).includes("stop iikoCard5POS"));
  await program.answer("queryex", query("1  STOPPED", 0));
  const looks = (await program.calls()).length;
  await waitFor(async () => (await program.calls()).length > looks + 2);
  child.kill("SIGKILL");
  await once(child, "exit");
  await stopped;
  t.equal((await program.calls()).filter((call) => call.startsWith("stop")).length, 1);
});

t.test("windows: a process that stays is a timeout that names it", async (t) => {
  const program = await installProgram(t, "sc.exe");
  await program.answer("queryex", query("3  STOP_PENDING", process.pid));
  const stopped = stopService(waiting("windows"));
  await waitFor(async () => (await program.calls()).length > 1);
  await program.answer("queryex", query("1  STOPPED", 0));
  await t.rejects(stopped, {
    code: "stop_timeout",
    message: `not stopped within 3000 ms: it is stopped, and its process ${process.pid} has not ended`,
  });
});

t.test("windows: a paused service is stopped too", async (t) => {
  const program = await installProgram(t, "sc.exe");
  await program.answer("queryex", query("7  PAUSED", process.pid));
  await program.answer("stop", RUSSIAN[5], 5);
  await t.rejects(stopService(waiting("windows")), {
    code: "stop_failed",
    message: /Отказано в доступе/,
  });
});

t.test("windows: a service that falls over while it starts has failed at once", async (t) => {
  const program = await installProgram(t, "sc.exe");
  await program.answer("queryex", query("1  STOPPED", 0));
  await program.answer("start", RUSSIAN.accepted);
  const started = startService(waiting("windows", 60_000));
  started.catch(() => {});
  await waitFor(async () => (await program.calls()).includes("start iikoCard5POS"));
  await program.answer("queryex", query("2  START_PENDING", 12));
  const looks = (await program.calls()).length;
  await waitFor(async () => (await program.calls()).length > looks + 1);
  await program.answer("queryex", query("1  STOPPED", 0));
  await t.rejects(started, { code: "start_failed", message: /stopped again/ });
});

t.test("systemd: the command lines, and a denial of polkit", async (t) => {
  const program = await installProgram(t, "systemctl");
  const service = control({ control: "systemd" });
  await service.stop("iikoCard5POS");
  await service.start("iikoCard5POS");
  t.same(await program.calls(), [
    "--no-ask-password --no-block stop iikoCard5POS",
    "--no-ask-password --no-block start iikoCard5POS",
  ]);
  for (const said of [
    "Failed to stop iikoCard5POS.service: Interactive authentication required.\nSee system logs and 'systemctl status iikoCard5POS.service' for details.\n",
    "Failed to start iikoCard5POS.service: Access denied\n",
    "Не удалось остановить iikoCard5POS.service: Отказано в доступе\n",
  ]) {
    await program.answer("--no-ask-password", said, 4);
    await t.rejects(service.stop("iikoCard5POS"), {
      message: `systemctl ended with exit code 4: ${said.split("\n")[0]}`,
    });
  }
});
