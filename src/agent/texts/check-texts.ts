import type { CheckId } from "../../protocol/status-report.ts";

/** The report itself has the service and the disk. */
const NEED_NAMES = {
  port: "порт POS-сервера",
  database: "файлы базы данных",
  main_server_dns: "имя главного сервера",
  main_server_tcp: "главный сервер",
  amqp: "очередь сообщений главного сервера",
  clock: "расхождение с часами главного сервера, с",
  account: "учётная запись службы",
  url_acl: "право слушать адрес",
  traces: "соединения POS-сервера с главным сервером",
} satisfies Record<Exclude<CheckId, "service" | "disk">, string>;

/** For the person who installs the agent. */
export const checkTexts = {
  title: "Проверка агента Poswatch",
  warning: "ВНИМАНИЕ",
  allFound: "Всё необходимое найдено.",
  allFoundButWarnings: "Необходимое для отчётов найдено. Посмотрите строки «ВНИМАНИЕ».",
  essentialMissing: "Не найдено необходимое, смотрите строки «ВНИМАНИЕ».",
  cannotRead: (reason: string) => `не удалось прочитать: ${reason}`,

  profile: "Профиль",
  profileName: (name: string, title: string) => `${name}: ${title}`,
  profileUntried: "этот профиль ещё не проверялся на настоящем POS-сервере: сверьте всё, что напечатано ниже",

  dialOut: "Связь с Poswatch",
  monitorReached: (monitor: string) => `${monitor} отвечает, и это тот самый Poswatch`,
  enrolledAt: (monitor: string) => `подключён кодом к ${monitor}`,
  enrolledElsewhere: (monitor: string) =>
    `код для ${monitor} вводили на другом компьютере, здесь он не действует: введите новый (команда enroll)`,
  asks: (monitor: string) =>
    `агент просит ${monitor} подключить его: заявку должен подтвердить администратор, или Poswatch пока недоступен`,
  codeUnreadable: (reason: string) =>
    `код подключения не читается (${reason}): введите новый (команда enroll)`,
  notEnrolled: "адрес Poswatch неизвестен: введите код подключения (команда enroll)",
  waitsForCalls: (port: number, command: string) =>
    `агент не подключается сам: Poswatch обращается к нему на порт ${port}. Строку сопряжения печатает команда: ${command}`,

  stateFolder: "Папка данных агента",
  forAdministratorsAlone: (folder: string) => `${folder}: доступна только администраторам`,
  readByOthers: (folder: string, accounts: string) =>
    `${folder}: здесь ключи агента, а читать её могут и ${accounts}. Повторите установку (install), она закроет доступ`,

  service: "Служба",
  serviceStates: {
    running: "работает",
    stopped: "остановлена",
    starting: "запускается",
    stopping: "останавливается",
    not_installed: "не установлена",
    unknown: "состояние неизвестно",
  },
  serviceStatus: (name: string, state: string) => `${name}: ${state}`,
  serviceSince: (time: string) => `запущена ${time}`,
  serviceMissing: (names: string) => `службы не найдены: ${names}. Укажите имя в service.names`,

  version: "Версия",
  versionMissing: "источник версии не настроен (version)",
  crmId: "CrmId",
  crmIdMissing: "не настроен (crmId); монитор не сможет проверить, к той ли организации привязан POS-сервер",

  logs: "Логи",
  logFolder: (directory: string) => `папка ${directory}`,
  logFiles: (count: number, size: string) => `файлов: ${count}, всего ${size}`,
  logFilesMissing: (globs: string) => `нет файлов по маскам ${globs}. Проверьте logs.directory и logs.files`,
  newestLogFile: (name: string, time: string) => `новейший: ${name}, изменён ${time}`,

  exchange: "Обмен с главным сервером",
  linesRead: (lines: string, size: string) => `просмотрено строк: ${lines} (${size})`,
  linesReadInPart: (limit: string) => `просмотрены только новейшие ${limit}, остальное не читалось`,
  matched: { attempted: "начат", succeeded: "успешен", failed: "ошибка" },
  matchedCount: (what: string, count: string) => `${what}: подошло строк ${count}`,
  lastMatch: (line: string) => `  последняя: ${line}`,
  errorMessage: (message: string) => `  текст ошибки: ${message}`,
  taught: "учтены шаблоны, которым агента научил монитор",
  unusablePattern: (path: string, reason: string) =>
    `${path}: этим выражением агент пользоваться не может (${reason}). Пока действуют встроенные, и успешный обмен по ним не засчитывается`,
  tooCommon:
    "об успешном обмене будто бы говорит больше трёх четвертей строк. Уточните logs.succeeded, иначе обмен всегда будет выглядеть успешным",
  noSuccess: "не найдено ни одной строки об успешном обмене. Настройте logs.succeeded",
  noFailure: "строк об ошибке обмена нет: убедитесь, что logs.failed подходит к вашим логам",
  noTimes: (line: string) =>
    `ни у одной строки не распознано время, и когда был обмен, узнать нельзя. Последняя строка: ${line}`,
  timestamp: (time: string, pattern: string) =>
    `  для «${time}» задайте logs.timestamp: ${JSON.stringify(pattern)}`,
  noTime: "время строки не распознано. Настройте logs.timestamp",
  futureTime: "время последней строки впереди часов этого компьютера. Проверьте часы и utcOffsetMinutes",

  needs: "Что нужно для обмена",
  needNames: NEED_NAMES as Record<string, string>,
  needValues: {
    sqlite: "SQLite",
    sql_server: "SQL Server",
    sql_ce: "SQL Server Compact",
    unknown: "на месте, формат не распознан",
  } as Record<string, string>,
  needOk: (name: string, value: string, more: string) =>
    `${name}: ${[value, more].filter(Boolean).join(", ")}`,
  needFailed: (name: string, value: string, why: string) => [name, value, why].filter(Boolean).join(": "),
  needUnknown: (name: string, why: string) => `${name}: неизвестно: ${why}`,
  needDetails: {
    address_not_set: "адрес не задан (checks)",
    not_told: "система не сообщает",
    not_seen: "сейчас их нет",
    refused: "соединение отклонено",
    timeout: "нет ответа",
    no_http: "отвечает не по HTTP",
    no_date: "время не сообщает",
    missing: "нет",
    empty: "файл пуст, базу нужно сбросить",
    wrong_header: "начало файла не от базы данных, её нужно сбросить",
    truncated: "файл короче, чем записано в его начале, базу нужно сбросить",
    little: "мало места",
  } as Record<string, string>,
  needDetailsOf: {
    held: (programs) =>
      `открыты в программах: ${programs}. Для сброса закройте те из них, что не от POS-сервера`,
    held_perhaps: (programs) =>
      `открыты, возможно, в ${programs}. Если сброс не удастся, закройте эту программу`,
    unreadable: (code) =>
      `файл не читается (${code}). Дайте учётной записи агента право читать папку базы, а если оно есть, проверьте диск`,
  } as Record<string, (what: string) => string>,

  database: "База данных",
  databaseFiles: (count: number, size: string, time: string) =>
    `файлов: ${count}, всего ${size}, последнее изменение ${time}`,
  databaseMissing: (directory: string, globs: string) =>
    `в папке ${directory} нет файлов по маскам ${globs}. Проверьте database`,

  reset: "Сброс базы",
  resetFiles: (names: string) => `будут перемещены в карантин: ${names}`,
  nothingToReset: "файлов базы нет, сбрасывать нечего",
  quarantine: (directory: string, days: number) => `карантин: ${directory}, хранится дней: ${days}`,
  cannotMove: (reason: string) =>
    `сброс не удастся, файлы нельзя переместить: ${reason}. Дайте агенту право изменять папку базы`,
  resetCommandMissing: (setting: string) =>
    `сброс не удастся: не настроено ${setting}, служба останавливается и запускается этой командой`,
  resetRights: "есть ли у агента право останавливать службу, покажет только сам сброс",

  disk: "Диск",
  diskSpace: (free: string, total: string) => `свободно ${free} из ${total}`,

  clock: "Часы",
  clockAndZone: (time: string, zone: string) => `${time}, пояс ${zone}`,
  otherZone: (zone: string) =>
    `Windows не знает последних изменений своего часового пояса и живёт по ${zone}; по нему агент читает и время в логах, если в настройках нет utcOffsetMinutes. Обновите Windows`,
} as const;
