import { SERVICE_NAME } from "./chain.ts";
import type { ExchangeFailure, LogEntry, LogWording } from "./log-wording.ts";

const LEVEL_WIDTH = 5;
const EXCHANGE = "Обмен с главным сервером";
const DAMAGE_CODES = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB"]);

const EXCHANGE_STACK_TRACE = [
  "",
  "   в iikoCard5.Pos.Exchange.ChangesWriter.Apply(ExchangeChanges changes)",
  "   в iikoCard5.Pos.Exchange.ExchangeSession.Run(CancellationToken token)",
  "   в System.Threading.Tasks.Task.Execute()",
].join("\r\n");

const TILL_STACK_TRACE = [
  "",
  "System.TimeoutException: Превышено время ожидания запроса к POS-серверу",
  "   в iikoCard5.Pos.Tills.TillSession.Answer(TillRequest request)",
  "   в iikoCard5.Pos.Tills.TillListener.<Listen>b__14_0(Object state)",
].join("\r\n");

/** As iikoFront writes: `[2019-04-05 14:58:52,546] DEBUG [48] — text`. */
export const russianWording: LogWording = {
  format: (time, { level, thread, text }) =>
    `[${time}] ${level.padEnd(LEVEL_WIDTH)} [${thread}] — ${text}\r\n`,
  serviceStarted: (version, crmId) =>
    service("INFO", `Служба ${SERVICE_NAME} ${version} запущена, CrmId ${crmId}`),
  serviceStopped: () => service("INFO", `Служба ${SERVICE_NAME} остановлена`),
  serviceNotStarted: (reason) => service("ERROR", `Служба ${SERVICE_NAME} не запущена: ${reason}`),
  databaseMade: (file) => service("WARN", `База данных ${file} не найдена, создана новая`),
  exchangeStarted: () => service("INFO", `${EXCHANGE}: начат`),
  exchangeSucceeded: ({ revision, durationMs }) => [
    service(
      "INFO",
      `${EXCHANGE}: успешно завершён, ревизия ${revision}, ${(durationMs / 1000).toFixed(1)} с`,
    ),
  ],
  exchangeFailed: ({ failure, guest }) => {
    const trace = guest === null ? "" : `\r\n   гость: ${guest}${EXCHANGE_STACK_TRACE}`;
    return service("ERROR", `${EXCHANGE}: ошибка: ${describe(failure)}${trace}`);
  },
  exchangeCancelled: () => service("WARN", "Обмен отменён: служба останавливается"),
  failureAsRead: describe,
  guest: (phone, card) => `телефон ${phone}, карта ${card}`,
  tillQueue: (length, megabytes) => till("DEBUG", `Очередь запросов касс: ${length}, память ${megabytes} МБ`),
  guestSought: (number, phone) => till("DEBUG", `Касса ${number}: поиск гостя по телефону ${phone}`),
  guestFound: (number, card, rubles) =>
    till("INFO", `Касса ${number}: гость найден, карта ${card}, баланс ${rubles},50`),
  answerSlow: (number, tenths) => till("WARN", `Касса ${number}: ответ дольше 2 с (2,${tenths} с)`),
  bonusesGiven: (order, rubles, card) =>
    till("INFO", `Заказ ${order}: начислено ${rubles},00 бонусов на карту ${card}`),
  requestFailed: (number, guest) =>
    till("ERROR", `Касса ${number}: запрос не выполнен, ${guest}${TILL_STACK_TRACE}`),
};

function describe(failure: ExchangeFailure): string {
  switch (failure.kind) {
    case "database": {
      const { table, code, message } = failure;
      const reason = DAMAGE_CODES.has(code) ? "нарушена целостность базы" : "ошибка базы";
      return `Не удалось применить изменения программы: ${reason} (${table}) [${code}: ${message}]`;
    }
    case "timeout":
      return `Превышено время ожидания ответа главного сервера (${failure.timeoutMs / 1000} с)`;
    case "connection_lost":
      return "Нет связи с главным сервером: соединение разорвано";
    case "not_connected":
      return `Нет связи с главным сервером ${failure.host}: ${failure.code}`;
  }
}

function service(level: LogEntry["level"], text: string): LogEntry {
  return { level, thread: "12", text };
}

function till(level: LogEntry["level"], text: string): LogEntry {
  return { level, thread: "48", text };
}
