/** From source, or in the one file of a package. */
const PROGRAM = process.argv[1]?.endsWith(".cjs")
  ? `node "${process.argv[1]}" --config`
  : "npm run agent -- --config";
const NEEDS_NO_QUOTES = /^[\p{L}\d_./\\:@+-]+$/u;

/** What a person types: the command of a configuration, and what is wrong with one. */
export const commandLineTexts = {
  usage: `Запуск: ${PROGRAM} ФАЙЛ [КОМАНДА]

  --config ФАЙЛ             настройки агента, см. src/agent/README.md
  enroll --code КОД         подключить агента к Poswatch, где создан код
  pairing                   напечатать строку сопряжения для Poswatch (это секрет)
  quarantine list           показать базы, которые лежат в карантине после сброса
  quarantine restore ВРЕМЯ  вернуть одну из них на место нынешней базы
  --check                   проверить, что агент находит на этом компьютере

Без команды агент работает, пока его не остановят.
`,
  configMissing: "Не указан файл с настройками агента (--config ФАЙЛ).",
  codeMissing: "После enroll нужен код: enroll --code КОД. Если в нём есть пробелы, возьмите его в кавычки.",
  codeElsewhere: "--code указывают только вместе с командой enroll.",
  unexpected: (words: string) => `Такой команды нет: ${words}`,
  malformed: (reason: string) => `Командную строку не удалось разобрать (${reason}).`,

  command: (configFile: string, ...words: string[]) =>
    [PROGRAM, NEEDS_NO_QUOTES.test(configFile) ? configFile : `"${configFile}"`, ...words].join(" "),
} as const;
