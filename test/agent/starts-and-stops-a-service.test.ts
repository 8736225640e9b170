import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import iconv from "iconv-lite";
import t, { type Test } from "tap";
import { runCommand } from "../../src/agent/machine/run-command.ts";
import {
  createServiceControl,
  createWindowsControl,
  parseStatusOutput,
  parseUnitProperties,
} from "../../src/agent/service-control/service-control.ts";
import { startService, stopService } from "../../src/agent/service-control/wait-for-service.ts";
import { installPrograms } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const STARTED_AT = Date.UTC(2026, 10, 20, 5, 0, 11);

// What sc.exe prints, by Microsoft's documentation: nobody recorded it on a real machine.
const ACCEPTED =
  "\r\nИмя_службы: iikoCard5POS \r\n        Состояние          : 3  STOP_PENDING \r\n        Код_выхода_Win32   : 0  (0x0)\r\n        Ожидание           : 0x1388\r\n";
const DENIED = "Отказано в доступе.";
const russian = (code: number, said: string, call = "ControlService") =>
  `[SC] ${call}: ошибка: ${code}:\r\n\r\n${said}\r\n\r\n`;
const english = (code: number, said: string, call = "ControlService") =>
  `[SC] ${call} FAILED ${code}:\r\n\r\n${said}\r\n\r\n`;

/** Puts programs before the real ones that record their arguments and answer with files of their folder. */
async function installProgram(t: Test, ...names: string[]) {
  const script =
    '#!/bin/sh\ncd "$(dirname "$0")"\nprintf "%s\\n" "$*" >> calls\ncat "./$1.out" 2>/dev/null\n' +
    'exit "$(cat "./$1.code" 2>/dev/null || echo 0)"\n';
  const folder = installPrograms(t, Object.fromEntries(names.map((name) => [name, script])));
  await writeFile(join(folder, "calls"), "");
  return {
    async answer(verb: string, output: string | Uint8Array, code = 0) {
      await writeFile(join(folder, `${verb}.out`), output);
      await writeFile(join(folder, `${verb}.code`), String(code));
    },
    calls: async () => (await readFile(join(folder, "calls"), "utf8")).trim().split("\n"),
    folder,
  };
}

const systemd = (names = ["iikoCard5POS"]) =>
  createServiceControl({ control: "systemd", names, timeoutMs: 60_000 });

const SERVICE = { name: "iikoCard5POS", startedAt: STARTED_AT, account: "pos", profile: null };

/** `is`: what the native host says of the service, with `dwCurrentState` of Windows. */
async function installWindows(t: Test) {
  const program = await installProgram(t, "sc.exe", "poswatch-agent.exe");
  const is = (state: number, processId: number | null = null) =>
    program.answer("service-state", JSON.stringify({ ...SERVICE, state, processId }));
  const host = join(program.folder, "poswatch-agent.exe");
  const control = createWindowsControl(["new", "iikoCard5POS"], 60_000, host);
  const waiting = (timeoutMs = 3_000) => ({
    control,
    timeoutMs,
    signal: new AbortController().signal,
    onState: () => {},
  });
  const callsOf = async (isOfHost: boolean) =>
    (await program.calls()).filter((call) => call.startsWith("service-state") === isOfHost);
  const commands = () => callsOf(false);
  return { ...program, is, control, waiting, commands, looks: async () => (await callsOf(true)).length };
}

t.test("sc.exe: the command lines, and what counts as taken up, in any language and encoding", async (t) => {
  const { answer, control: service, commands } = await installWindows(t);
  for (const encoding of ["cp866", "utf-8", "win1251"]) {
    for (const verb of ["stop", "start"] as const) {
      await answer(verb, iconv.encode(ACCEPTED, encoding));
      await service[verb]("iikoCard5POS");
    }
    for (const printed of [english, russian]) {
      const print = (verb: string, code: number, said: string) => {
        const call = code === 5 ? "OpenService" : verb === "start" ? "StartService" : "ControlService";
        return answer(verb, iconv.encode(printed(code, said, call), encoding), code & 0xff);
      };
      for (const [verb, code] of [
        ["stop", 1061],
        ["stop", 1062],
        ["start", 1056],
      ] as const) {
        await print(verb, code, "Служба не запущена.");
        await service[verb]("iikoCard5POS");
      }
      for (const [verb, code] of [
        ["stop", 5],
        ["stop", 1051],
        ["stop", 1056],
        ["start", 1058],
        ["start", 1062],
      ] as const) {
        await print(verb, code, DENIED);
        await t.rejects(service[verb]("iikoCard5POS"), { message: `${code}: ${DENIED}` }, `${verb} ${code}`);
      }
    }
  }
  await answer("stop", "", 62);
  await t.rejects(service.stop("iikoCard5POS"), { message: /62/ }, "it prints nothing");
  t.same([...new Set(await commands())], ["stop iikoCard5POS", "start iikoCard5POS"]);
});

t.test("windows: a service has stopped only when its process is gone too", async (t) => {
  const { answer, is, waiting, commands, looks } = await installWindows(t);
  const child = spawn("sleep", ["60"]);
  t.teardown(() => child.kill("SIGKILL"));
  await is(4, child.pid);
  await answer("stop", ACCEPTED);
  const stopped = stopService(waiting(60_000));
  await waitFor(async () => (await commands()).includes("stop iikoCard5POS"));
  await is(1);
  const before = await looks();
  await waitFor(async () => (await looks()) > before + 2);
  child.kill("SIGKILL");
  await once(child, "exit");
  await stopped;
  t.same(await commands(), ["stop iikoCard5POS"]);
});

t.test("windows: a process that stays is a timeout that names it; a paused service is stopped", async (t) => {
  const { answer, is, waiting, looks } = await installWindows(t);
  await is(3, process.pid);
  const stopped = stopService(waiting());
  await waitFor(async () => (await looks()) > 1);
  await is(1);
  await t.rejects(stopped, {
    code: "stop_timeout",
    message: `not stopped within 3000 ms: it is stopped, and its process ${process.pid} has not ended`,
  });
  await is(7, process.pid);
  await answer("stop", russian(5, DENIED), 5);
  await t.rejects(stopService(waiting()), { code: "stop_failed", message: /Отказано в доступе/ });
});

t.test("windows: a service that falls over while it starts has failed at once", async (t) => {
  const { answer, is, waiting, commands, looks } = await installWindows(t);
  await is(1);
  await answer("start", ACCEPTED);
  const started = startService(waiting(60_000));
  started.catch(() => {});
  await waitFor(async () => (await commands()).includes("start iikoCard5POS"));
  await is(2, 12);
  const before = await looks();
  await waitFor(async () => (await looks()) > before + 1);
  await is(1);
  await t.rejects(started, { code: "start_failed", message: /stopped again/ });
});

t.test("systemd: the command lines, and a denial of polkit", async (t) => {
  const program = await installProgram(t, "systemctl");
  const service = systemd();
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
    const message = `systemctl ended with exit code 4: ${said.split("\n")[0]}`;
    await t.rejects(service.stop("iikoCard5POS"), { message });
  }
});

t.test("windows: the native host tells of a service, without it nobody does", async (t) => {
  const { answer, is, control, calls } = await installWindows(t);
  const states = ["not_installed", "stopped", "starting", "stopping", "running", "starting", "stopping"];
  for (const [number, state] of [...states, "stopped", "unknown"].entries()) {
    await is(number, 1060);
    t.same(await control.status(), { name: "iikoCard5POS", state, startedAt: STARTED_AT, processId: 1060 });
  }
  t.equal(await control.account(), "pos");
  t.same([...new Set(await calls())], ["service-state new iikoCard5POS"]);
  await answer("service-state", "Отказано в доступе", 1);
  await t.rejects(control.status(), { message: /Отказано в доступе/ });
  await t.rejects(createWindowsControl(["old"], 1_000, null).status(), { message: /service\.commands/ });
});

t.test("systemd: the properties of a unit", async (t) => {
  const unit = (active: string, entered: string, load = "loaded") =>
    parseUnitProperties(`LoadState=${load}\nActiveState=${active}\nActiveEnterTimestamp=${entered}\n`);
  t.same(unit("active", "@1795534411"), { state: "running", startedAt: 1795534411000 });
  t.same(unit("reloading", "@1795534411"), { state: "running", startedAt: 1795534411000 });
  t.same(unit("inactive", "@1795534411"), { state: "stopped", startedAt: null });
  t.same(unit("failed", ""), { state: "stopped", startedAt: null });
  t.same(unit("activating", ""), { state: "starting", startedAt: null });
  t.same(unit("deactivating", "@1795534411"), { state: "stopping", startedAt: 1795534411000 });
  t.same(unit("active", "Tue 2026-11-24 13:43:00 MSK"), { state: "running", startedAt: null });
  t.same(unit("inactive", "", "not-found"), { state: "not_installed", startedAt: null });
  t.same(parseUnitProperties(""), { state: "unknown", startedAt: null });
});

t.test("commands: the output tells the state", async (t) => {
  const since = { state: "running", startedAt: STARTED_AT };
  t.same(parseStatusOutput("Running since 2026-11-20T05:00:11Z\n"), since);
  for (const [output, state] of [
    ["running", "running"],
    ["\nstarting", "starting"],
    ["stopping", "stopping"],
    ["stopped since yesterday", "stopped"],
    ["not_installed", "not_installed"],
    ["not running", "unknown"],
    ["", "unknown"],
  ] as const)
    t.same(parseStatusOutput(output), { state, startedAt: null }, output);
});

t.test("a command that cannot be started or hangs is an error, its exit code is not", async (t) => {
  const failing = [process.execPath, "-e", "console.log('out'); process.exit(3)"];
  t.same(await runCommand(failing, 10_000), { exitCode: 3, output: "out\n" });
  await t.rejects(runCommand(["/does/not/exist"], 1000), { message: /ENOENT/ });
  await t.rejects(runCommand(["sleep", "30"], 100), { message: "sleep: did not finish within 100 ms" });
});

t.test("systemd: the unit is asked for by name, its account is that of the first installed", async (t) => {
  await installPrograms(t, {
    systemctl:
      '#!/bin/sh\n[ "$1 $2 $4" = "show pos --timestamp=unix" ] || { echo "not booted with systemd"; exit 1; }\n' +
      "printf 'LoadState=loaded\\nActiveState=active\\nActiveEnterTimestamp=@1795534411\\n'\n",
  });
  const status = await systemd(["pos"]).status();
  t.match(status, { name: "pos", state: "running", startedAt: 1795534411000 });
  const message = "systemctl ended with exit code 1: not booted with systemd";
  await t.rejects(systemd(["other"]).status(), { message });
  await installPrograms(t, {
    systemctl:
      '#!/bin/sh\n[ "$2" = old ] && printf "User=pos\\nLoadState=loaded\\n" && exit\n' +
      '[ "$2" = root ] && printf "User=\\nLoadState=loaded\\n" && exit\n' +
      'printf "User=\\nLoadState=not-found\\n"\n',
  });
  const accountOf = (...names: string[]) => systemd(names).account();
  t.equal(await accountOf("new", "old", "root"), "pos");
  t.equal(await accountOf("new", "root"), "root");
  t.equal(await accountOf("new"), null);
  const none = await systemd(["new", "newer"]).status();
  t.match(none, { name: "new", state: "not_installed", processId: null }, "under none of its names");
});
