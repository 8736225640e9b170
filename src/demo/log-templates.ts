import { CONNECTION_LOST } from "./exchange.ts";
import {
  EXCHANGE_FAILED,
  EXCHANGE_STARTED,
  EXCHANGE_SUCCEEDED,
  formatLogLine,
  type LineLevel,
} from "./log-line.ts";
import { createCardNumber, createPhone } from "./loyalty.ts";
import type { Random } from "./random.ts";

const MINUTES_PER_HOUR = 60;
const MINUTES_BETWEEN_EXCHANGES = 2;
const MINUTES_BETWEEN_STACK_TRACES = 10;
const MINUTES_BETWEEN_HEALTH_LINES = 10;
const BUSY_REQUESTS_PER_MINUTE = 2;
const SHARE_OF_LOST_CONNECTIONS = 0.001;
const SHARE_OF_SLOW_REQUESTS = 0.05;
const SHARE_OF_FAILED_REQUESTS = 0.004;
const EXCHANGE_THREAD = 12;
const TILL_THREAD = 48;

/** Stands for `2026-11-24 13` in a template, and for the revision. */
export const HOUR_MARK = "\u0001";
export const REVISION_MARK = "\u0002";

/** The lines of one hour, minute by minute, with marks where the date, the hour and the revision belong. */
export type HourTemplate = readonly string[];

type WriteLine = (second: number, level: LineLevel, text: string) => void;

/** An hour of exchanges that succeed, but for a lost connection now and then. */
export function createSuccessfulHour(random: Random): HourTemplate {
  return createHour(random, EXCHANGE_THREAD, (write, minute) => {
    if (minute % MINUTES_BETWEEN_EXCHANGES > 0) return;
    const second = random.integer(0, 50);
    write(second, "INFO", EXCHANGE_STARTED);
    if (random.fraction() < SHARE_OF_LOST_CONNECTIONS) {
      write(second + 3, "ERROR", `${EXCHANGE_FAILED}: ${CONNECTION_LOST}`);
      return;
    }
    const duration = `${random.integer(0, 2)}.${random.integer(1, 9)}`;
    write(second + 3, "INFO", `${EXCHANGE_SUCCEEDED}, ревизия ${REVISION_MARK}, ${duration} с`);
  });
}

/** An hour of exchanges that fail for this reason, with a stack trace now and then. */
export function createFailingHour(random: Random, reason: string): HourTemplate {
  return createHour(random, EXCHANGE_THREAD, (write, minute) => {
    const second = random.integer(0, 20);
    write(second, "INFO", EXCHANGE_STARTED);
    const hasTrace = minute % MINUTES_BETWEEN_STACK_TRACES === 0;
    const trace = hasTrace ? `\r\n   гость: ${mentionGuest(random)}${EXCHANGE_STACK_TRACE}` : "";
    write(second + 30, "ERROR", `${EXCHANGE_FAILED}: ${reason}${trace}`);
  });
}

/** An hour at the tills: guests are looked up by phone and card, bonuses are given; nobody comes when it is not busy. */
export function createTillHour(random: Random, isBusy: boolean): HourTemplate {
  return createHour(random, TILL_THREAD, (write, minute) => {
    if (minute % MINUTES_BETWEEN_HEALTH_LINES === 0) {
      write(
        0,
        "DEBUG",
        `Очередь запросов касс: ${random.integer(0, 3)}, память ${random.integer(180, 260)} МБ`,
      );
    }
    const requests = isBusy ? random.integer(0, BUSY_REQUESTS_PER_MINUTE) : 0;
    for (let index = 0; index < requests; index += 1) {
      writeTillRequest(write, 1 + Math.floor((58 * index) / requests), random);
    }
  });
}

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

function createHour(
  random: Random,
  thread: number,
  writeMinute: (write: WriteLine, minute: number) => void,
): HourTemplate {
  return Array.from({ length: MINUTES_PER_HOUR }, (_, minute) => {
    let lines = "";
    writeMinute((second, level, text) => {
      const milliseconds = String(random.integer(0, 999)).padStart(3, "0");
      const time = `${HOUR_MARK}:${twoDigits(minute)}:${twoDigits(second)},${milliseconds}`;
      lines += formatLogLine(time, level, thread, text);
    }, minute);
    return lines;
  });
}

function writeTillRequest(write: WriteLine, second: number, random: Random): void {
  const till = random.integer(1, 4);
  const card = createCardNumber(random);
  if (random.fraction() < SHARE_OF_FAILED_REQUESTS) {
    write(second, "ERROR", `Касса ${till}: запрос не выполнен, ${mentionGuest(random)}${TILL_STACK_TRACE}`);
    return;
  }
  write(second, "DEBUG", `Касса ${till}: поиск гостя по телефону ${createPhone(random)}`);
  write(second, "INFO", `Касса ${till}: гость найден, карта ${card}, баланс ${random.integer(0, 5000)},50`);
  if (random.fraction() < SHARE_OF_SLOW_REQUESTS) {
    write(second, "WARN", `Касса ${till}: ответ дольше 2 с (2,${random.integer(1, 9)} с)`);
  }
  const order = random.integer(10_000, 99_999);
  write(second, "INFO", `Заказ ${order}: начислено ${random.integer(5, 300)},00 бонусов на карту ${card}`);
}

/** Phone and card of a guest, spelled in one of the ways that logs have. */
function mentionGuest(random: Random): string {
  const phone = createPhone(random);
  const card = createCardNumber(random);
  return random.pick([
    `телефон ${phone}, карта ${card}`,
    `телефон ${phone.replace(/[()]/g, "")}, карта ${card.replaceAll(" ", "")}`,
    `phone=${phone.replace(/\D/g, "")} card=${card.replaceAll(" ", "")}`,
  ]);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
