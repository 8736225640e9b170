import { SERVICE_NAME } from "./chain.ts";
import type { ExchangeFailure, ExchangeResult, LogEntry } from "./log-wording.ts";

const LEVEL_WIDTH = 5;
const EXCHANGE = "Обмен с главным сервером";
const DAMAGE_CODES = new Set(["SQLITE_CORRUPT", "SQLITE_NOTADB"]);

const EXCHANGE_STACK_TRACE = [
  "",
  "   в iikoCard5.Pos.Exchange.ChangesWriter.Apply(ExchangeChanges changes)",
  "   в iikoCard5.Pos.Exchange.ExchangeSession.Run(CancellationToken token)",
  "   в System.Threading.Tasks.Task.Execute()",
].join("\r\n");

const service = entryOf("12");
const till = entryOf("48");

const TILL_STACK_TRACE = [
  "",
  "System.TimeoutException: Превышено время ожидания запроса к POS-серверу",
  "   в iikoCard5.Pos.Tills.TillSession.Answer(TillRequest request)",
  "   в iikoCard5.Pos.Tills.TillListener.<Listen>b__14_0(Object state)",
].join("\r\n");

interface FailedExchange {
  number: number;
  failure: ExchangeFailure;
  guest: string | null;
}

/** As iikoFront writes: `[2019-04-05 14:58:52,546] DEBUG [48] — text`. */
export const russianWording = {
  /** With its line break. */
  format: (time: string, { level, thread, text }: LogEntry) =>
    `[${time}] ${level.padEnd(LEVEL_WIDTH)} [${thread}] — ${text}\r\n`,
  serviceStarted: (version: string, crmId: string) =>
    service("INFO", `Служба ${SERVICE_NAME} ${version} запущена, CrmId ${crmId}`),
  serviceStopped: () => service("INFO", `Служба ${SERVICE_NAME} остановлена`),
  serviceNotStarted: (reason: string) => service("ERROR", `Служба ${SERVICE_NAME} не запущена: ${reason}`),
  databaseMade: (file: string) => service("WARN", `База данных ${file} не найдена, создана новая`),
  exchangeStarted: (_number: number) => service("INFO", `${EXCHANGE}: начат`),
  exchangeSucceeded: ({ revision, durationMs }: ExchangeResult) => [
    service(
      "INFO",
      `${EXCHANGE}: успешно завершён, ревизия ${revision}, ${(durationMs / 1000).toFixed(1)} с`,
    ),
  ],
  /** @param failed.guest for the stack trace; null = no trace. */
  exchangeFailed({ failure, guest }: FailedExchange) {
    const trace = guest === null ? "" : `\r\n   гость: ${guest}${EXCHANGE_STACK_TRACE}`;
    return service("ERROR", `${EXCHANGE}: ошибка: ${describe(failure)}${trace}`);
  },
  /** As an agent reads it. */
  failureAsRead: describe,
  guest: (phone: string, card: string) => `телефон ${phone}, карта ${card}`,
  tillQueue: (length: number, megabytes: number) =>
    till("DEBUG", `Очередь запросов касс: ${length}, память ${megabytes} МБ`),
  guestSought: (number: number, phone: string) =>
    till("DEBUG", `Касса ${number}: поиск гостя по телефону ${phone}`),
  guestFound: (number: number, card: string, rubles: number) =>
    till("INFO", `Касса ${number}: гость найден, карта ${card}, баланс ${rubles},50`),
  answerSlow: (number: number, tenths: number) =>
    till("WARN", `Касса ${number}: ответ дольше 2 с (2,${tenths} с)`),
  bonusesGiven: (order: number, rubles: number, card: string) =>
    till("INFO", `Заказ ${order}: начислено ${rubles},00 бонусов на карту ${card}`),
  requestFailed: (number: number, guest: string) =>
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

/** Makes entries of a thread. */
export function entryOf(thread: string) {
  return (level: LogEntry["level"], text: string): LogEntry => ({ level, thread, text });
}
