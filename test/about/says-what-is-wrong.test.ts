import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { PROGRAM } from "../../src/monitor/audit-log/record-event.ts";
import { OWN } from "../../src/monitor/secrets/read-certificate.ts";
import { changeSettings } from "../../src/monitor/settings/change-settings.ts";
import { startMonitor, type TestMonitorOptions } from "../helpers/app.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { addChannel } from "../helpers/channels.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { startPoswatch } from "../helpers/program.ts";
import { addRow, changeRows } from "../helpers/rows.ts";

async function start(t: Test, options: TestMonitorOptions = {}) {
  const monitor = await startMonitor(t, options);
  const browser = await signedIn(monitor, { isAdministrator: true });
  const { port } = new URL(await monitor.app.listen({ host: "127.0.0.1", port: 0 }));
  monitor.app.config.port = Number(port);
  return { ...monitor, about: async () => textOf((await browser.get("/about")).body) };
}

t.test("administrators see everything that Poswatch needs, and its state", async (t) => {
  const monitor = await start(t);
  const { app, db, dataDir, clock } = monitor;
  t.match(await monitor.about(), /Резервная копия Ещё ни одной/);
  const own = app.config.port;
  const file = join(dataDir, "backups/poswatch-2026.backup");
  mkdirSync(dirname(file));
  writeFileSync(file, "");
  utimesSync(file, clock() / 1000, clock() / 1000);
  const channel = await addChannel(monitor);
  const text = await monitor.about();
  for (const expected of [
    /Версия Poswatch \d+\.\d+\.\d+, Node\.js 24\./,
    /Папка данных \//,
    /Папка архивов \S+archives/,
    /Место на диске Свободно/,
    /Работа Poswatch работает с этой папкой данных/,
    /База данных Цела, \d/,
    /Ключ secret\.key подходит к базе/,
    /Шифрование Страницы открыты только этому компьютеру или прокси/,
    /Порты Отвечает на 127\.0\.0\.1:\d+/,
    /Резервная копия Последняя: /,
    /Оповещения Работает 1 канал/,
    /Пакет агента Пакета для Windows нет/,
  ])
    t.match(text, expected);

  await changeRows(db, "channel", { failingSince: 1, failureCode: "recipient" }, { id: channel });
  chmodSync(dataDir, 0o755);
  const twoDaysAgo = clock() / 1000 - 2 * 86_400;
  utimesSync(file, twoDaysAgo, twoDaysAgo);
  await addRow(db, "monitorRun", { startedAt: clock(), seenAt: clock() + 3_600_000 });
  await changeSettings(db, PROGRAM, { publicAddress: "https://poswatch.example:8443" }, clock());
  t.match(await monitor.about(), /но агенты приходят на https:\/\/poswatch\.example:8443\. Если/);
  app.config.port = 1;
  app.config.tls = OWN;
  const wrong = await monitor.about();
  t.match(wrong, /Оповещения Не доходит: /);
  t.match(wrong, /Часы Сейчас .*, но в базе есть записи из будущего/);
  t.match(wrong, /могут читать и другие: закройте её/);
  t.match(wrong, /Последняя сделана давно/);
  t.match(wrong, /На 127\.0\.0\.1:1 никто не отвечает/);
  t.match(wrong, /по ключу самого Poswatch, браузеры его не знают/);
  await changeSettings(db, PROGRAM, { publicAddress: "https://poswatch.example:8443/a" }, clock());
  app.config.port = await listen(
    t,
    createServer((_request, response) => response.end("hello")),
  );
  app.config.tls = null;
  t.match(await monitor.about(), /Порты На 127\.0\.0\.1:\d+ отвечает другая программа/);
  app.config.port = own;
  app.config.agentTls = OWN;
  t.match(await monitor.about(), /poswatch\.example:8443\/a с путём после порта.*коды с таким адресом не/);
  app.config.host = "0.0.0.0";
  t.match(await monitor.about(), /по адресу 0\.0\.0\.0 без шифрования: пароли можно подсмотреть/);
  const folder = makeFolder(t);
  const tls = { certificateFile: join(folder, "c.pem"), keyFile: join(folder, "k.pem") };
  app.config.tls = tls;
  t.match(await monitor.about(), /Сертификат \S+c\.pem или его ключ не прочитать/);
  const { cert, key } = await makeCertificate();
  writeFileSync(tls.certificateFile, cert);
  writeFileSync(tls.keyFile, key);
  t.match(await monitor.about(), /Шифрование Сертификат/);
});

t.test("doctor says the same at the machine, and ends with 1 where something is wrong", async (t) => {
  const dataDir = makeFolder(t);
  const doctor = async (env: NodeJS.ProcessEnv = {}) => {
    const program = startPoswatch(t, ["doctor"], {
      env: { DATA_DIR: dataDir, PORT: "1", LANG: "ru_RU.UTF-8", LC_ALL: "ru_RU.UTF-8", ...env },
    });
    return { code: await program.ended, output: program.output() };
  };
  const empty = await doctor();
  t.equal(empty.code, 1);
  t.match(
    empty.output,
    /^\+ Версия: Poswatch .*\n(.*\n)*- База данных: Проверить не удалось: .*poswatch\.db is not there/,
  );
  const nowhere = { DATA_DIR: join(dataDir, "nowhere") };
  t.match((await doctor(nowhere)).output, /^- Папка данных: Папки \S+nowhere нет\.$/m);
  const installed = { POSWATCH_DATA: dataDir, POSWATCH_PROGRAMS: dataDir };
  const unpacked = await doctor({ ...nowhere, ...installed });
  t.match(unpacked.output, /^- Папка данных: Папки \S+nowhere нет\./m);
  t.match(unpacked.output, `Данные установленного Poswatch в ${dataDir}: выполните установленную команду`);
  t.notMatch(unpacked.output, "∞");
  const monitor = await startMonitor(t, { dataDir });
  await monitor.app.close();
  const stopped = await doctor({ LC_ALL: "C" });
  t.match(stopped, { code: 1, output: /^\+ Database: Whole/m });
  t.match(stopped.output, /^! Running: Poswatch does not run now$/m);
  t.match(stopped.output, /^- Ports: Nobody answers at 127\.0\.0\.1:1/m);
  t.match(stopped.output, /^\+ Key: secret\.key fits the database$/m);
  rmSync(join(dataDir, "poswatch.db"));
  const damaged = await doctor({ ARCHIVE_DIR: join(dataDir, "setup-token") });
  t.match(damaged.output, /^- База данных: .*\bposwatch\.db is missing or empty/m);
  t.equal(damaged.output.match(/missing or empty/g)?.length, 1, "it is said once");
  t.match(damaged.output, /^- Ключ: Не проверить: нужна база данных/m);
  t.match(damaged.output, /^- Папка архивов: В папку \S+setup-token из ARCHIVE_DIR нельзя писать/m);
});
