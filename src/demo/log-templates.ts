import type { ExchangeFailure, LogEntry, LogWording } from "./log-wording.ts";
import { createCardNumber, createPhone } from "./loyalty.ts";
import type { Random } from "./random.ts";

const MINUTES_PER_HOUR = 60;
const MINUTES_BETWEEN_EXCHANGES = 2;
const MINUTES_BETWEEN_STACK_TRACES = 10;
const MINUTES_BETWEEN_HEALTH_LINES = 10;
const BUSY_REQUESTS_PER_MINUTE = 2;
const SHARE_OF_SLOW_REQUESTS = 0.05;
const SHARE_OF_FAILED_REQUESTS = 0.004;
/** How long a silent main server is waited for. */
const SECONDS_UNTIL_TIMEOUT = 30;
const MOST_ROWS = 40;

/** Marks for `2026-11-24 13`, the revision, and the number of an exchange, which occurs twice in each. */
export const HOUR_MARK = "\u0001";
export const REVISION_MARK = "\u0002";
export const NUMBER_MARK = "\u0003";

/** The lines of one hour by minute, with marks. */
export type HourTemplate = readonly string[];

type WriteEntry = (second: number, ...entries: LogEntry[]) => void;

/** @param shareOfLost of connections that get lost, from 0 to 1. */
export function createSuccessfulHour(random: Random, wording: LogWording, shareOfLost: number): HourTemplate {
  const number = NUMBER_MARK;
  return createHour(random, wording, (write, minute) => {
    if (minute % MINUTES_BETWEEN_EXCHANGES > 0) return;
    const second = random.integer(0, 50);
    write(second, wording.exchangeStarted(number));
    if (random.fraction() < shareOfLost) {
      const failure: ExchangeFailure = { kind: "connection_lost" };
      return write(second + 3, wording.exchangeFailed({ number, failure, guest: null }));
    }
    const durationMs = random.integer(1, 29) * 100;
    const rows = random.integer(1, MOST_ROWS);
    write(second + 3, ...wording.exchangeSucceeded({ number, revision: REVISION_MARK, rows, durationMs }));
  });
}

/** Some failures have a stack trace. */
export function createFailingHour(
  random: Random,
  wording: LogWording,
  failure: ExchangeFailure,
): HourTemplate {
  const number = NUMBER_MARK;
  const seconds = failure.kind === "timeout" ? SECONDS_UNTIL_TIMEOUT : 1;
  return createHour(random, wording, (write, minute) => {
    const second = random.integer(0, 20);
    write(second, wording.exchangeStarted(number));
    const hasTrace = minute % MINUTES_BETWEEN_STACK_TRACES === 0;
    const guest = hasTrace ? mentionGuest(random, wording) : null;
    write(second + seconds, wording.exchangeFailed({ number, failure, guest }));
  });
}

/** Guests are looked up by phone and card and given bonuses, only when it is busy. */
export function createTillHour(random: Random, wording: LogWording, isBusy: boolean): HourTemplate {
  return createHour(random, wording, (write, minute) => {
    if (minute % MINUTES_BETWEEN_HEALTH_LINES === 0)
      write(0, wording.tillQueue(random.integer(0, 3), random.integer(180, 260)));
    const requests = isBusy ? random.integer(0, BUSY_REQUESTS_PER_MINUTE) : 0;
    for (let index = 0; index < requests; index += 1) {
      const second = 1 + Math.floor((58 * index) / requests);
      for (const entry of tillRequest(random, wording)) write(second, entry);
    }
  });
}

function createHour(
  random: Random,
  wording: LogWording,
  writeMinute: (write: WriteEntry, minute: number) => void,
): HourTemplate {
  return Array.from({ length: MINUTES_PER_HOUR }, (_, minute) => {
    let lines = "";
    writeMinute((second, ...entries) => {
      const milliseconds = String(random.integer(0, 999)).padStart(3, "0");
      const time = `${HOUR_MARK}:${twoDigits(minute)}:${twoDigits(second)},${milliseconds}`;
      for (const entry of entries) lines += wording.format(time, entry);
    }, minute);
    return lines;
  });
}

function tillRequest(random: Random, wording: LogWording): LogEntry[] {
  const till = random.integer(1, 4);
  const card = createCardNumber(random);
  if (random.fraction() < SHARE_OF_FAILED_REQUESTS)
    return [wording.requestFailed(till, mentionGuest(random, wording))];
  const isSlow = random.fraction() < SHARE_OF_SLOW_REQUESTS;
  return [
    wording.guestSought(till, createPhone(random)),
    wording.guestFound(till, card, random.integer(0, 5000)),
    ...(isSlow ? [wording.answerSlow(till, random.integer(1, 9))] : []),
    wording.bonusesGiven(random.integer(10_000, 99_999), random.integer(5, 300), card),
  ];
}

/** In one of several spellings. */
function mentionGuest(random: Random, wording: LogWording): string {
  const phone = createPhone(random);
  const card = createCardNumber(random);
  return random.pick([
    wording.guest(phone, card),
    wording.guest(phone.replace(/[()]/g, ""), card.replaceAll(" ", "")),
    `phone=${phone.replace(/\D/g, "")} card=${card.replaceAll(" ", "")}`,
  ]);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
