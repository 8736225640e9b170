const TYPES: Record<string, string> = {
  integer: "целое число",
  number: "число",
  string: "строка",
  boolean: "true или false",
  array: "список",
  object: "набор настроек",
};

/** For the person who installs the agent. */
export const configTexts = {
  title: "Ошибки в настройках агента",
  problem: (path: string, what: string) => `${path}: ${what}`,
  inProfile: (profile: string, problem: string) => `профиль ${profile}: ${problem}`,
  cannotRead: (file: string, reason: string) => `не удалось прочитать ${file}: ${reason}`,

  unknownSetting: "такой настройки нет",
  missing: (names: string) => `не указано обязательное: ${names}`,
  expected: (what: string, found: string) => `ожидается ${what}, указано ${found}`,
  type: (type: string) => TYPES[type] ?? type,
  atLeast: (limit: number) => `число не меньше ${limit}`,
  atMost: (limit: number) => `число не больше ${limit}`,
  longerThan: (limit: number) => `строка, символов не меньше ${limit}`,
  shorterThan: (limit: number) => `строка, символов не больше ${limit}`,
  moreItems: (limit: number) => `список, элементов не меньше ${limit}`,
  pattern: (pattern: string) => `строка вида ${pattern}`,
  oneOf: (values: string) => `одно из значений ${values}`,
  valueSource: "ровно одно из value, file, log, command, а вместе с log ещё и pattern",

  badPattern: (reason: string) => `регулярное выражение с ошибкой: ${reason}`,
  unknownProfile: (name: string, known: string) =>
    `профиля ${name} нет. Есть ${known}, или укажите файл .json со своим`,
  serviceNamesMissing: "с этим профилем нужно указать имя службы",
  serviceCommandsMissing: 'при control "commands" нужно указать команды службы',
  folderMissing: "нужно указать папку здесь или в /dataDirectory",
  stateFolderTaken: "не может быть папкой базы данных или папкой, в которой та лежит",
  monitorAddress: "ожидается адрес Poswatch, например https://poswatch.example:8443",
  monitorWithoutTls: "адрес должен начинаться с https://, если Poswatch не на этом же компьютере",
  pinsWithoutMonitor:
    "указаны без dialOut.monitor: без него и адрес Poswatch, и его ключи берутся из кода подключения",
  proxyAddress:
    "ожидается адрес HTTP-прокси, например http://login:password@proxy:3128, или none. Знаки @ / ? # в логине и пароле пишутся как %40 %2F %3F %23",
  portMissing: "не указан: агент сам подключается к Poswatch, обратиться к нему нельзя",
  portUnknown: "не может быть 0: порт записывается в строку сопряжения",
  publicAddressMissing:
    "publicAddress не указан: монитор должен находить этот компьютер по имени из строки сопряжения.",
} as const;
