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
