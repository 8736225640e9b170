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
