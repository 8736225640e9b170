import t from "tap";
import { runCommand } from "../../src/agent/machine/run-command.ts";
import {
  createServiceControl,
  parseStatusOutput,
  parseUnitProperties,
} from "../../src/agent/service-control/service-control.ts";
import { parseProcessStart, parseServiceQuery } from "../../src/agent/service-control/windows.ts";
import { compilePattern } from "../../src/protocol/pattern.ts";
import { installPrograms } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

function collectProblems() {
  const problems: string[] = [];
  const set = (subject: string, problem: string | null) => {
    if (problem !== null) problems.push(`${subject}: ${problem}`);
  };
  return { problems, set };
}

const ENGLISH_RUNNING = `
SERVICE_NAME: iikoCard5POS 
        TYPE               : 10  WIN32_OWN_PROCESS  
        STATE              : 4  RUNNING 
                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)
        WIN32_EXIT_CODE    : 0  (0x0)
        SERVICE_EXIT_CODE  : 0  (0x0)
        CHECKPOINT         : 0x0
        WAIT_HINT          : 0x0
        PID                : 1060
        FLAGS              : 
`.replaceAll("\n", "\r\n");

const RUSSIAN_STOPPED = `
Имя_службы: iikoCard5POS 
        Тип                : 10  WIN32_OWN_PROCESS  
        Состояние          : 1  STOPPED 
        Код_выхода_Win32   : 1077  (0x435)
        Код_выхода_службы  : 0  (0x0)
        Контрольная_точка  : 0x0
        Ожидание           : 0x0
        ID_процесса        : 0
        Флаги              : 
`.replaceAll("\n", "\r\n");

const RUSSIAN_NOT_INSTALLED = `[SC] EnumQueryServicesStatus:OpenService: ошибка: 1060:

Указанная служба не установлена.
`;

t.test("sc.exe: the numbers count, in English and Russian", (t) => {
  t.same(parseServiceQuery(0, ENGLISH_RUNNING), { state: "running", processId: 1060 });
  t.same(parseServiceQuery(0, RUSSIAN_STOPPED), { state: "stopped", processId: null });
  const states = {
    1: "stopped",
    2: "starting",
    3: "stopping",
    4: "running",
    5: "starting",
    6: "stopping",
    7: "stopped",
  };
  for (const [number, state] of Object.entries(states)) {
    t.match(parseServiceQuery(0, RUSSIAN_STOPPED.replace("1  STOPPED", `${number}  СОСТОЯНИЕ`)), { state });
  }
  t.match(parseServiceQuery(0, RUSSIAN_STOPPED.replace("1  STOPPED", "9  ?")), { state: "unknown" });
  t.match(parseServiceQuery(0, ""), { state: "unknown", processId: null });
  t.end();
});

t.test("sc.exe: a service that is not installed, and a query that failed", (t) => {
  t.match(parseServiceQuery(1060, ""), { state: "not_installed" });
  t.match(parseServiceQuery(36, RUSSIAN_NOT_INSTALLED), { state: "not_installed" });
  const denied = "[SC] OpenService: ошибка: 5:\r\n\r\nОтказано в доступе.";
  t.throws(() => parseServiceQuery(5, denied), { message: /exit code 5: .*Отказано в доступе/s });
  t.end();
});

t.test("the start of a process as PowerShell prints it", (t) => {
  t.equal(parseProcessStart("2026-11-20T05:00:11.1234567Z\r\n"), Date.UTC(2026, 10, 20, 5, 0, 11, 123));
  t.equal(parseProcessStart("Get-Process : Не удается найти процесс"), null);
  t.end();
});

t.test("systemd: the properties of a unit", (t) => {
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
  t.end();
});

t.test("commands: the output tells the state", (t) => {
  const commands = {
    statePatterns: {
      running: compilePattern("^up"),
      stopped: compilePattern("^down"),
      starting: compilePattern("^up, not ready"),
      stopping: compilePattern("^down soon"),
      not_installed: compilePattern("no such"),
    },
    startedAtPattern: compilePattern("since (\\S+)"),
  };
  const parse = (output: string) => parseStatusOutput(output, commands);
  t.same(parse("up since 2026-11-20T05:00:11Z"), {
    state: "running",
    startedAt: Date.UTC(2026, 10, 20, 5, 0, 11),
  });
  t.same(parse("up, not ready"), { state: "starting", startedAt: null });
  t.same(parse("down soon"), { state: "stopping", startedAt: null });
  t.same(parse("down since yesterday"), { state: "stopped", startedAt: null });
  t.same(parse("no such service"), { state: "not_installed", startedAt: null });
  t.same(parse("?"), { state: "unknown", startedAt: null });
  t.end();
});

t.test("a command that cannot be started or hangs is an error, its exit code is not", async (t) => {
  t.same(await runCommand([process.execPath, "-e", "console.log('out'); process.exit(3)"], 10_000), {
    exitCode: 3,
    output: "out\n",
  });
  await t.rejects(runCommand(["/does/not/exist"], 1000), { message: /ENOENT/ });
  await t.rejects(runCommand(["sleep", "30"], 100), { message: "sleep: did not finish within 100 ms" });
});

t.test(
  "windows: the first installed name counts, and the start time follows when PowerShell has told it",
  async (t) => {
    const query = `#!/bin/sh\nif [ "$2" = new ]; then printf '%s' "${RUSSIAN_NOT_INSTALLED}"; exit 36; fi\ncat <<'END'\n${ENGLISH_RUNNING}END\n`;
    await installPrograms(t, {
      "sc.exe": query,
      "powershell.exe": "#!/bin/sh\necho 2026-11-20T05:00:11.1234567Z\n",
    });
    const { problems, set } = collectProblems();
    const control = createServiceControl(
      { control: "windows", names: ["new", "old"], timeoutMs: 60_000 },
      { set },
    );
    t.same(await control.status(), {
      name: "old",
      state: "running",
      startedAt: null,
      processId: 1060,
    });
    const startedAt = Date.UTC(2026, 10, 20, 5, 0, 11, 123);
    await waitFor(async () => (await control.status()).startedAt === startedAt);
    t.same(problems, []);
  },
);

t.test("windows: without PowerShell the state is still known", async (t) => {
  await installPrograms(t, {
    "sc.exe": `#!/bin/sh\ncat <<'END'\n${ENGLISH_RUNNING}END\n`,
    "powershell.exe": "#!/bin/sh\necho Get-Process: access denied; exit 1\n",
  });
  const { problems, set } = collectProblems();
  const control = createServiceControl({ control: "windows", names: ["old"], timeoutMs: 60_000 }, { set });
  t.match(await control.status(), { name: "old", state: "running", startedAt: null });
  await waitFor(() => problems.length > 0);
  t.same(problems, ["service start time: powershell.exe did not tell it: Get-Process: access denied"]);
});

t.test("systemd: the unit is asked for by name, and a system without systemd is an error", async (t) => {
  await installPrograms(t, {
    systemctl:
      '#!/bin/sh\n[ "$1 $2 $4" = "show pos --timestamp=unix" ] || { echo "not booted with systemd"; exit 1; }\n' +
      "printf 'LoadState=loaded\\nActiveState=active\\nActiveEnterTimestamp=@1795534411\\n'\n",
  });
  const { set } = collectProblems();
  const control = createServiceControl({ control: "systemd", names: ["pos"], timeoutMs: 60_000 }, { set });
  t.match(await control.status(), { name: "pos", state: "running", startedAt: 1795534411000 });
  const other = createServiceControl({ control: "systemd", names: ["other"], timeoutMs: 60_000 }, { set });
  await t.rejects(other.status(), { message: "systemctl ended with exit code 1: not booted with systemd" });
});

t.test("systemd: the account is that of the first unit that is installed", async (t) => {
  await installPrograms(t, {
    systemctl:
      '#!/bin/sh\n[ "$2" = old ] && printf "User=pos\\nLoadState=loaded\\n" && exit\n' +
      '[ "$2" = root ] && printf "User=\\nLoadState=loaded\\n" && exit\n' +
      'printf "User=\\nLoadState=not-found\\n"\n',
  });
  const accountOf = (...names: string[]) =>
    createServiceControl({ control: "systemd", names, timeoutMs: 60_000 }, collectProblems()).account();
  t.equal(await accountOf("new", "old", "root"), "pos");
  t.equal(await accountOf("new", "root"), "root");
  t.equal(await accountOf("new"), null);
});

t.test("a service under none of its names is not installed", async (t) => {
  await installPrograms(t, { "sc.exe": "#!/bin/sh\necho '[SC] OpenService FAILED 1060:'; exit 36\n" });
  const { set } = collectProblems();
  const control = createServiceControl(
    { control: "windows", names: ["new", "old"], timeoutMs: 60_000 },
    { set },
  );
  t.same(await control.status(), {
    name: "new",
    state: "not_installed",
    startedAt: null,
    processId: null,
  });
});
