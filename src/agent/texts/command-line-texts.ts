import { hostProgram } from "../machine/service-host.ts";

const HOST = hostProgram();
/** As started from source, or from the bundle of a package. */
const PROGRAM = process.argv[1]?.endsWith(".cjs")
  ? `node "${process.argv[1]}" --config`
  : "npm run agent -- --config";
const NEEDS_NO_QUOTES = /^[\p{L}\d_./\\:@+-]+$/u;
const COMMANDS = `  enroll --code КОД         подключить агента к Poswatch, где создан код
  pairing                   напечатать строку сопряжения для Poswatch (это секрет)
  quarantine list           показать базы, которые лежат в карантине после сброса
  quarantine restore ВРЕМЯ  вернуть одну из них на место нынешней базы`;
const CHECKING = "проверить, что агент находит на этом компьютере";

export const commandLineTexts = {
  usage: HOST
    ? `Запуск: & "${HOST}" КОМАНДА

${COMMANDS}
  check                     ${CHECKING}
`
    : `Запуск: ${PROGRAM} ФАЙЛ [КОМАНДА]

  --config ФАЙЛ             настройки агента, см. src/agent/README.md
${COMMANDS}
  --check                   ${CHECKING}

Без команды агент работает, пока его не остановят.
`,
  configMissing: "Не указан файл с настройками агента (--config ФАЙЛ).",
  codeMissing: "После enroll нужен код: enroll --code КОД. Если в нём есть пробелы, возьмите его в кавычки.",
  codeElsewhere: "--code указывают только вместе с командой enroll.",
  unexpected: (words: string) => `Такой команды нет: ${words}`,
  malformed: (reason: string) => `Командную строку не удалось разобрать (${reason}).`,

  /** An installed agent has its configuration in one place, and its administrator uses PowerShell. */
  command: (configFile: string, ...words: string[]) =>
    [...(HOST ? [`& "${HOST}"`] : [PROGRAM, quoted(configFile)]), ...words].join(" "),

  firewallOpened: (port: number) => `Порт ${port} открыт в брандмауэре Windows.`,
  firewallFailed: (port: number, reason: string) =>
    `Не удалось открыть порт ${port} в брандмауэре Windows (${reason}). Разрешите входящие подключения к этому порту вручную.`,
  portUnknown: (reason: string) =>
    `Не удалось узнать, нужен ли агенту открытый порт (${reason}). Исправьте или удалите названный файл и повторите команду.`,
} as const;

function quoted(path: string): string {
  return NEEDS_NO_QUOTES.test(path) ? path : `"${path}"`;
}

/** For the person at the POS server. */
export const quarantineTexts = {
  empty: (directory: string) => `В карантине ${directory} ничего нет.`,
  title: (directory: string) => `Карантин: ${directory}`,
  folder: (name: string, time: string) => `${name}  (перемещено ${time})`,
  files: (count: number, size: string) => `  файлов: ${count}, всего ${size}`,
  noManifest: "  описи (manifest.json) нет: сверить файлы не с чем",
  hint: (command: string) => `Вернуть базу: ${command}`,

  notFound: (name: string) => `В карантине нет папки ${name}. Список: quarantine list`,
  busy: "Агент сейчас сбрасывает базу или запускает службу. Дождитесь конца и повторите.",
  unfinished:
    "Сброс базы был прерван. Запустите агента: он доведёт сброс до конца. После этого повторите команду.",
  withoutManifest: (name: string) =>
    `В папке ${name} нет описи (manifest.json), проверить файлы нельзя. Ничего не изменено.`,
  missing: (name: string) => `Файла ${name} нет ни в карантине, ни на его месте. Ничего не изменено.`,
  differs: (name: string) =>
    `Файл ${name} изменился: его контрольная сумма не та, что в описи. Ничего не изменено.`,
  taken: (name: string) => `На месте файла ${name} уже есть другой файл. Уберите его и повторите команду.`,
  failed: (reason: string) =>
    `Не удалось: ${reason}\nУстраните причину и повторите ту же команду: она доведёт восстановление до конца.`,

  verified: (count: number) => `Файлов в карантине: ${count}, контрольные суммы верны.`,
  stopping: (name: string) => `Останавливаю службу ${name}…`,
  stopped: "Служба остановлена.",
  movedAway: (name: string, count: number) =>
    `Нынешняя база перемещена в карантин: ${name}, файлов: ${count}.`,
  nothingToMove: "Нынешней базы нет, перемещать нечего.",
  restored: (file: string, size: string) => `Возвращён файл ${file} (${size})`,
  done: (name: string) => `База из карантина ${name} восстановлена.`,
  starting: "Запускаю службу…",
  running: "Служба работает.",
  leftStopped: "Служба была остановлена до восстановления и осталась остановленной.",
} as const;
